using System.Text.Json;

namespace DevopsCd.Testing.Hosting;

/// <summary>An event of the stream of changes.</summary>
/// <param name="Type"><c>change</c> or <c>reset</c>.</param>
/// <param name="Id">The cursor after it.</param>
/// <param name="Data">What it says.</param>
public sealed record StreamedEvent(string Type, long Id, JsonElement Data);
