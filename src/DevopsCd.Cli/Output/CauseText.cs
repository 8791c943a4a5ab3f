using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Output;

/// <summary>Why an operation has failed, in words for a terminal.</summary>
internal static class CauseText
{
    /// <summary>What kind of failure, and where: <c>crash (CrashLoopBackOff) in pod shop-1, container app</c>.</summary>
    public static string Line(DeployCause cause)
    {
        var word = cause.Reason is { Length: > 0 } reason ? $" ({reason})" : "";
        var pod = cause.Pod is { Length: > 0 } name ? $" in pod {name}{(cause.Node is { Length: > 0 } node ? $" on node {node}" : "")}" : "";
        var container = cause.Container is { Length: > 0 } inside ? $"{(pod.Length > 0 ? "," : " in")} container {inside}" : "";
        return $"{cause.Class}{word}{pod}{container}";
    }

    /// <summary>An event of the cluster.</summary>
    public static string Of(DeployCauseEvent said) => $"{said.Reason}: {said.Message}{(said.Count > 1 ? $" (×{said.Count})" : "")}";
}
