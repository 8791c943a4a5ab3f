using System.Security.Cryptography;
using System.Text;
using DevopsCd.Shared;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// The deterministic id of an operation (R9): readable for people, unique by a hash of everything that makes it, and a
/// valid Kubernetes label.
/// </summary>
internal static class OperationId
{
    private const int Longest = 63;

    public static string Of(Batch batch, string application, Stage stage, string cluster, string image)
    {
        var attempt = batch.Attempt(stage);
        // The seal is in it through what it locked: the image and the time.
        var all = $"{batch.CorrelationId:N}|{application}|{stage}|{cluster}|{batch.TaggedAt?.UtcTicks}|{image}|{attempt}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..12];
        var tail = $"-{EnumNames<Stage>.Of(stage)}-{attempt}-{hash}";
        var head = Label($"b{batch.Id}-{application}");
        return head[..Math.Min(head.Length, Longest - tail.Length)].TrimEnd('-') + tail;
    }

    private static string Label(string text) =>
        string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
}
