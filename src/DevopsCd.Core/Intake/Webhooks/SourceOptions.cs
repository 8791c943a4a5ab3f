namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Section <c>core:intake:sources:NAME</c>.</summary>
internal sealed class SourceOptions
{
    /// <summary>One secret, or two while one replaces the other. <c>env:NAME</c> and <c>file:/path</c> are references.</summary>
    public List<string> Secrets { get; init; } = [];

    /// <summary>Only of <c>generic</c>: our field's name to the dotted path in the sender's JSON.</summary>
    public Dictionary<string, string> Fields { get; init; } = [];
}
