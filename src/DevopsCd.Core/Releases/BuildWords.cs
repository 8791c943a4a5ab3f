namespace DevopsCd.Core.Releases;

/// <summary>Builds as people are told of them.</summary>
internal static class BuildWords
{
    /// <summary>A build's number, or that there is none.</summary>
    public static Sentence Number(string? number)
    {
        Sentence none = "no build";
        return Sentence.Quote(number) ?? none;
    }
}
