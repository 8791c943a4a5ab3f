using System.Text.Json;

namespace DevopsCd.DeployService.Drivers;

/// <summary>The part of a custom object that an operation changes, as it was before.</summary>
internal sealed record CustomSnapshot(JsonElement? Part, string? Image);
