using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Strategies;

/// <summary>What kind of failure it is, told by words alone. Pure.</summary>
internal static class CauseClass
{
    private static readonly HashSet<string> s_image =
        ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "SignatureValidationFailed", "DigestMismatch"];

    private static readonly HashSet<string> s_config =
        ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError", "PostStartHookError",
            "WorkloadNotFound", "ContainerNotFound", "ClusterNotConfigured", "RolloutByReference", "OnDelete", "FailedMount", "NotFound", "Invalid",
            "BadRequest", "Forbidden"];

    /// <summary>What an API server says when it is itself in trouble, and what is said of one that does not answer.</summary>
    private static readonly HashSet<string> s_infrastructure =
        ["ClusterUnreachable", "RegistryUnavailable", "ServerTimeout", "ServiceUnavailable", "TooManyRequests", "Timeout"];

    private static readonly string[] s_admission =
        ["admission webhook", "failed calling webhook", "violates PodSecurity", "unable to validate against any pod security policy",
            "unable to admit pod", "ValidatingAdmissionPolicy"];

    private static readonly string[] s_quota = ["exceeded quota", "failed quota", "usage per Container", "usage per Pod", "limit to request ratio per"];

    /// <summary>What a scheduler says of nodes that are away, and not of pods that ask for too much.</summary>
    private static readonly string[] s_nodesAway =
        ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/unschedulable", "node.kubernetes.io/network-unavailable",
            "node.kubernetes.io/disk-pressure", "node.kubernetes.io/memory-pressure", "node.kubernetes.io/pid-pressure", "were unschedulable",
                "0/0 nodes are available", "no nodes available"];

    private static readonly string[] s_podsAsk =
        ["Insufficient", "didn't match", "didn't have free ports", "had volume node affinity conflict", "exceed max volume"];

    /// <summary>What the API server has said of a write, which no pod can say better; null where it was none.</summary>
    public static string? OfRefusal(string reason, string message) => reason switch
    {
        "QuotaExceeded" => DeployCauseClasses.Quota,
        "AdmissionDenied" or "AdmissionWebhookFailed" => DeployCauseClasses.Admission,
        _ when Holds(message, s_quota) => DeployCauseClasses.Quota,
        _ when Holds(message, s_admission) => DeployCauseClasses.Admission,
        _ => null
    };

    /// <summary>By the reason of an operation or the state of a container.</summary>
    public static string OfReason(string? reason, string message) => reason switch
    {
        null => DeployCauseClasses.Unknown,
        "Unschedulable" => OfScheduling(message),
        "OOMKilled" => DeployCauseClasses.Resources,
        "CrashLoopBackOff" => DeployCauseClasses.Crash,
        "FailedCreate" => message.Contains("not found", StringComparison.Ordinal) ? DeployCauseClasses.Config : DeployCauseClasses.Unknown,
        _ when s_infrastructure.Contains(reason) => DeployCauseClasses.Infrastructure,
        _ when s_image.Contains(reason) => DeployCauseClasses.Image,
        _ when s_config.Contains(reason) => DeployCauseClasses.Config,
        _ => DeployCauseClasses.Unknown
    };

    /// <summary>A pull that failed: a registry that is away is not the image's fault.</summary>
    public static string OfPull(string said, string? image) =>
        PullError.IsPassing(said, image) ? DeployCauseClasses.Infrastructure : DeployCauseClasses.Image;

    private static string OfScheduling(string message) => Holds(message, s_nodesAway) && !Holds(message, s_podsAsk)
        ? DeployCauseClasses.Infrastructure
        : DeployCauseClasses.Resources;

    private static bool Holds(string text, string[] words) => Array.Exists(words, w => text.Contains(w, StringComparison.Ordinal));
}
