namespace DevopsCd.Contracts.Api;

/// <summary>What kinds of failure are told apart, as they are written on the wire. They say who has to look.</summary>
public static class DeployCauseClasses
{
    /// <summary>The image cannot be had or used: it does not exist, may not be pulled, or is not what was asked for.</summary>
    public const string Image = "image";

    /// <summary>The application or its target is set up wrongly: a ConfigMap, a Secret, a volume or a name that is missing.</summary>
    public const string Config = "config";

    /// <summary>The container runs, and its start-up, liveness or readiness probe fails.</summary>
    public const string Probe = "probe";

    /// <summary>Memory, processor or a fitting node is missing, or the container has taken more memory than it may.</summary>
    public const string Resources = "resources";

    /// <summary>A quota or a limit of the namespace does not allow it.</summary>
    public const string Quota = "quota";

    /// <summary>The application ends by itself.</summary>
    public const string Crash = "crash";

    /// <summary>An admission webhook or a policy of the cluster has said no, or could not be asked.</summary>
    public const string Admission = "admission";

    /// <summary>
    /// What the application runs on is to blame: a lost node, an eviction, a registry or an API server out of reach. It uses up none of the application's
    /// tries.
    /// </summary>
    public const string Infrastructure = "infrastructure";

    /// <summary>Nothing that could be seen says why.</summary>
    public const string Unknown = "unknown";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Image, Config, Probe, Resources, Quota, Crash, Admission, Infrastructure, Unknown];
}
