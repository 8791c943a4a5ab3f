namespace DevopsCd.Contracts.Api;

/// <summary>What is said with an event; may be absent where no reason is required.</summary>
public sealed record RaiseEvent
{
    /// <summary>Why the event is raised, at most 2000 characters; required to reject, to cancel, to reopen, to roll back and to revoke an approval.</summary>
    public string? Reason { get; init; }

    /// <summary>With <c>approve</c> and <c>confirm_tag</c>: the <c>contentHash</c> of the content that was looked at.</summary>
    public string? ContentHash { get; init; }

    /// <summary>With <c>cancel</c> while production runs a part of the batch: true leaves production as it is; without it the cancel is refused.</summary>
    public bool? AcceptMoved { get; init; }

    /// <summary>With <c>start_pre_deploy</c>: true deploys every application, also those that run there already with the same image and settings.</summary>
    public bool? All { get; init; }

    /// <summary>With <c>start_pre_deploy</c> and <c>start_prod_deploy</c>: true starts although a freeze holds; needs <c>freeze.override</c> and a reason.</summary>
    public bool? OverrideFreeze { get; init; }

    /// <summary>With <c>start_pre_deploy</c> and <c>start_prod_deploy</c>: start at this time, within 90 days; what stands in the way is asked then.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>With <c>notBefore</c>: give the start up then, if something stands in its way for so long; never without it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
