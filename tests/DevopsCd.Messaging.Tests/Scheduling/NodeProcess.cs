using System.Diagnostics;

namespace DevopsCd.Messaging.Tests.Scheduling;

/// <summary>Another process of the test's cluster.</summary>
internal sealed class NodeProcess : IDisposable
{
    private readonly Process _process;

    private NodeProcess(Process process) => _process = process;

    internal static async Task<NodeProcess> Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "DevopsCd.Messaging.Chaos.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("The node did not start");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        string? line;
        do
            line = await process.StandardOutput.ReadLineAsync(limit.Token);
        while (line is not null and not "ready");
        line.ShouldBe("ready");
        return new NodeProcess(process);
    }

    /// <summary>Ends it at once, as a power cut would: nothing is finished or given back.</summary>
    internal async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
