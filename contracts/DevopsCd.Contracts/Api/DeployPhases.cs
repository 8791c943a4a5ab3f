namespace DevopsCd.Contracts.Api;

/// <summary>The phases a deployment operation can be in, as they are written on the wire.</summary>
public static class DeployPhases
{
    /// <summary>Recorded; nothing was changed in the cluster yet.</summary>
    public const string Pending = "pending";

    /// <summary>The cluster is moving, or the service tries to reach it.</summary>
    public const string Progressing = "progressing";

    /// <summary>Waits for a <c>promote</c>.</summary>
    public const string Paused = "paused";

    /// <summary>The requested image runs everywhere it should.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Did not succeed; the reason and the message name the cause.</summary>
    public const string Failed = "failed";

    /// <summary>Ended by a stop, a rollback or a newer operation on the same workload.</summary>
    public const string Stopped = "stopped";

    /// <summary>All phases, in the order an operation can pass through them.</summary>
    public static IReadOnlyList<string> All { get; } = [Pending, Progressing, Paused, Succeeded, Failed, Stopped];

    /// <summary>Whether an operation in this phase has ended.</summary>
    public static bool HasEnded(string phase) => phase is Succeeded or Failed or Stopped;
}
