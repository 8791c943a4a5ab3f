using System.Text.Json;

namespace DevopsCd.Testing.Fakes;

/// <summary>A card the fake Lark has taken.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="Card">The card as it was sent.</param>
/// <param name="Bytes">Length of the whole body.</param>
public sealed record LarkCard(DateTimeOffset At, JsonElement Card, int Bytes)
{
    public string Title => Card.TryGetProperty("header", out var header) ? header.GetProperty("title").GetProperty("content").GetString() ?? "" : "";

    /// <summary>All of the card's JSON, for looking whether something is named in it.</summary>
    public string Text => Card.GetRawText();

    public override string ToString() => Title;
}
