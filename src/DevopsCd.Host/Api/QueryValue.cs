using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Shared;

namespace DevopsCd.Host.Api;

/// <summary>Reads a query parameter that takes one of some names.</summary>
internal static class QueryValue
{
    /// <summary>The value; null when the caller sends none.</summary>
    /// <exception cref="BatchRefusedException">The text is none of the names.</exception>
    public static T? Of<T>(string parameter, string? text)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return EnumNames<T>.TryValue(text, out var value)
            ? value
            : throw None(parameter, text, [.. Enum.GetValues<T>().Select(EnumNames<T>.Of)]);
    }

    /// <summary>The refusal of a text that is none of the names.</summary>
    public static BatchRefusedException None(string parameter, string text, IReadOnlyCollection<string> known, IEnumerable<string>? shown = null) =>
        BatchRefusedException.Content(parameter, NearestName.Of(text, known) is { } near
            ? (Sentence)$"'{text}' is not one of {string.Join(", ", shown ?? known)}; did you mean {near}?"
            : (Sentence)$"'{text}' is not one of {string.Join(", ", shown ?? known)}");
}
