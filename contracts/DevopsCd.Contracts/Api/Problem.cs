namespace DevopsCd.Contracts.Api;

/// <summary>Why a request was refused, as RFC 9457 <c>application/problem+json</c>. Members that a kind of problem does not have are absent.</summary>
public sealed record Problem
{
    /// <summary>A stable name of the kind of problem, for example <c>urn:devopscd:refused</c>. Programs decide by this.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem for people.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong with this request, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>The trace under which the service's log has this request.</summary>
    public required string TraceId { get; init; }

    /// <summary>With <c>invalid</c> and <c>unreadable</c>: each wrong field, parameter or header with what is wrong and what is allowed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>With <c>refused</c>: the code of the batch's present state.</summary>
    public int? State { get; init; }

    /// <summary>With <c>refused</c>: the English name of the batch's present state.</summary>
    public string? StateName { get; init; }

    /// <summary>With <c>refused</c>: the events that are legal in the batch's present state.</summary>
    public IReadOnlyList<AvailableEvent>? AvailableEvents { get; init; }

    /// <summary>With <c>refused</c> and <c>changed</c>: the batch's present version.</summary>
    public int? Version { get; init; }

    /// <summary>With <c>changed</c>: what has changed in the batch since the caller read it, by application.</summary>
    public IReadOnlyList<ContentChange>? Changes { get; init; }

    /// <summary>With <c>forbidden</c>: the permission that the caller lacks.</summary>
    public string? Permission { get; init; }

    /// <summary>With <c>forbidden</c>: the projects in which the caller lacks it; `*` for all of them.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>With <c>forbidden</c>: who can grant it, by kind and name, as far as it is known.</summary>
    public IReadOnlyList<string>? GrantedBy { get; init; }

    /// <summary>With <c>device-login-open</c>: RFC 8628's name of the reason, for example <c>authorization_pending</c>.</summary>
    public string? Error { get; init; }

    /// <summary>With <c>still-wrong</c>: the fields of the message that have to be corrected.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>With <c>channel-refused</c>: the test notice as it was recorded.</summary>
    public NotificationView? Notification { get; init; }

    /// <summary>With <c>channel-refused</c>: whether a further attempt cannot succeed either.</summary>
    public bool? IsFinal { get; init; }
}
