using System.Diagnostics;
using System.Text.Json;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>Runs the helm command against one cluster. Its texts are those of helm 3.13 to 3.21 and 4.0 to 4.2, read in its source.</summary>
internal sealed class HelmCommand(string path, Cluster cluster, ILogger log)
{
    private const string NotFound = "release: not found";
    private const string Forbidden = " is forbidden: ";
    private const string Error = "Error: ";

    /// <summary>Found out before an upgrade begins, and when two begin at the same moment.</summary>
    private static readonly string[] s_busy = ["another operation (install/upgrade/rollback) is in progress", "release: already exists"];

    /// <summary>Whether helm has done nothing because another helm is at work on the release.</summary>
    public static bool IsBusy(string error) => s_busy.Any(b => error.Contains(b, StringComparison.Ordinal));

    /// <summary>What helm gives as the reason, without the warnings before it.</summary>
    public static string CauseOf(string error)
    {
        var at = error.LastIndexOf('\n' + Error, StringComparison.Ordinal) + 1;
        var text = error[at..].Trim();
        return text.StartsWith(Error, StringComparison.Ordinal) ? text[Error.Length..] : text;
    }

    /// <summary>3 or 4; null where the command cannot be run.</summary>
    public async Task<int?> MajorVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (exit, output, _) = await RunAsync(["version", "--template", "{{.Version}}"], cancellationToken, connected: false);
            var digits = new string([.. output.Trim().TrimStart('v').TakeWhile(char.IsAsciiDigit)]);
            return exit == 0 && int.TryParse(digits, out var major) ? major : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The release's newest revisions, oldest first; empty when there is no such release.</summary>
    public async Task<IReadOnlyList<HelmRevision>> HistoryAsync(string release, string ns, CancellationToken cancellationToken)
    {
        var (exit, output, error) = await RunAsync(["history", release, "-n", ns, "-o", "json", "--max", "20"], cancellationToken);
        if (exit != 0)
        {
            var cause = CauseOf(error);
            if (cause == NotFound)
                return [];
            throw cause.Contains(Forbidden, StringComparison.Ordinal)
                ? new TargetRejectedException("strategy.type", "HelmForbidden",
                    $"helm may not read its releases in namespace '{ns}', which it keeps in Secrets: {cause}")
                : new ClusterUnreachableException(cluster.Name, $"helm history: {cause}");
        }
        return [.. JsonSerializer.Deserialize<JsonElement>(output).EnumerateArray()
            .Select(r => new HelmRevision(r.Number("revision") ?? 0, r.Text("status") ?? "", r.Text("description") ?? "", r.Text("chart") ?? "",
                r.Time("updated")))];
    }

    public async Task<(int Exit, string Output, string Error)> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken,
        bool connected = true)
    {
        var start = new ProcessStartInfo(path) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (connected && !cluster.Options.InCluster)
        {
            start.ArgumentList.Add("--kubeconfig");
            start.ArgumentList.Add(cluster.Options.Kubeconfig!);
            if (cluster.Options.Context is { } context)
            {
                start.ArgumentList.Add("--kube-context");
                start.ArgumentList.Add(context);
            }
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        log.HelmEnded(arguments[0], process.ExitCode);
        return (process.ExitCode, await output, await error);
    }
}
