using System.Text.Json;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Whether pods run the digest their workload's template names; an admission webhook may have put another image into them.</summary>
internal static class RunningImage
{
    /// <summary>The digest in an image reference or an image id of a pod's status; null where it names none.</summary>
    public static string? DigestOf(string? image) =>
        image?.LastIndexOf('@') is { } at and >= 0 && image[(at + 1)..] is var digest && digest.Contains(':', StringComparison.Ordinal) ? digest : null;

    /// <summary>
    /// What the container runs instead of the digest; null when it runs it. A pod pinned to the digest is believed without its
    /// status: the runtime pulls by it, and for an image of many platforms reports the digest of one of them.
    /// </summary>
    public static string? InsteadOf(string digest, KubeObject pod, string container)
    {
        var image = Named(pod, container, "spec", "containers")?.Text("image");
        if (DigestOf(image) == digest)
            return null;
        var id = Named(pod, container, "status", "containerStatuses")?.Text("imageID");
        return DigestOf(id) == digest ? null : string.IsNullOrEmpty(id) ? image ?? "no such container" : id;
    }

    private static JsonElement? Named(KubeObject pod, string container, params string[] path) =>
        pod.Root.Items(path).Where(c => c.Text("name") == container).Select(c => (JsonElement?)c).FirstOrDefault();
}
