namespace DevopsCd.Contracts.Api;

/// <summary>Why an operation has failed, as it was seen at that moment. It is limited in size, and what looks like a secret is hidden in it.</summary>
public sealed record DeployCause
{
    /// <summary>The kind of failure: `image`, `config`, `probe`, `resources`, `quota`, `crash`, `admission`, `infrastructure` or `unknown`.</summary>
    public required string Class { get; init; }

    /// <summary>A short stable word for it, for example <c>CrashLoopBackOff</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The pod that was looked at; absent where none is to blame.</summary>
    public string? Pod { get; init; }

    /// <summary>The node of the pod.</summary>
    public string? Node { get; init; }

    /// <summary>The container of the pod.</summary>
    public string? Container { get; init; }

    /// <summary>What was seen, for people; at most 1,000 characters.</summary>
    public string? Message { get; init; }

    /// <summary>The last events of the pod, or of the workload where no pod is to blame, oldest first; at most 5.</summary>
    public IReadOnlyList<DeployCauseEvent> Events { get; init; } = [];

    /// <summary>
    /// The last lines that the container has written, oldest first; at most 15 of 300 characters. Empty where it never ran, or its log may not be read.
    /// </summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];
}
