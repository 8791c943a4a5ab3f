using System.Globalization;
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

    /// <summary>The id of a run at the deploy service: what has ended there is not begun again under the same one.</summary>
    /// <param name="operationId">The operation.</param>
    /// <param name="run">The run; 0 is the first, which has the operation's own id.</param>
    public static string OfRun(string operationId, int run)
    {
        if (run == 0)
            return operationId;
        var tail = string.Create(CultureInfo.InvariantCulture, $"-r{run}");
        return operationId[..Math.Min(operationId.Length, Longest - tail.Length)].TrimEnd('-') + tail;
    }

    /// <summary>What the operation's id begins with, of an id that may be that of a later run; null where it cannot be one.</summary>
    public static string? HeadOfRun(string id)
    {
        var mark = id.LastIndexOf("-r", StringComparison.Ordinal);
        return mark > 0 && int.TryParse(id.AsSpan(mark + 2), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? id[..mark] : null;
    }

    private static string Label(string text) =>
        string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
}
