namespace DevopsCd.Contracts.Api;

/// <summary>What is said with an event; may be absent where no reason is required.</summary>
public sealed record RaiseEvent
{
    /// <summary>Why the event is raised, at most 2000 characters; required to reject, to cancel, to reopen and to revoke an approval.</summary>
    public string? Reason { get; init; }

    /// <summary>With <c>approve</c> and <c>confirm_tag</c>: the <c>contentHash</c> of the content that was looked at.</summary>
    public string? ContentHash { get; init; }

    /// <summary>With <c>start_pre_deploy</c>: true deploys every application, also those that run there already with the same image and settings.</summary>
    public bool? All { get; init; }
}
