
namespace DevopsCd.Core.Data;

/// <summary>What must still hold for a change to be made: the caller has seen one of these states, or wants to make something new.</summary>
/// <param name="Seen">Tags of states that the caller has seen, or <c>*</c> for any; empty asks for nothing.</param>
/// <param name="OnlyNew">Refuse to change what exists.</param>
internal sealed record Precondition(IReadOnlyList<string> Seen, bool OnlyNew = false)
{
    public static Precondition None { get; } = new([]);

    /// <param name="what">What is to be changed, for the refusal.</param>
    /// <param name="present">The tags of its present state; null when there is none.</param>
    /// <exception cref="BatchRefusedException">It has changed since.</exception>
    public void Check(Sentence what, params IReadOnlyList<string>? present)
    {
        if (OnlyNew && present is not null)
            throw new BatchRefusedException(RefusalKind.Stale, $"{what} exists already");
        if (Seen.Count == 0 || (present is not null && (Seen.Contains("*") || Seen.Intersect(present, StringComparer.Ordinal).Any())))
            return;
        throw new BatchRefusedException(RefusalKind.Stale, present is null
            ? (Sentence)$"{what} does not exist"
            : (Sentence)$"{what} has changed since it was read; its ETag was \"{Seen[0]}\" and is \"{present[0]}\" now: read it again");
    }
}
