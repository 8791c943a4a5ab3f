using System.Diagnostics;

namespace DevopsCd.Messaging.Chaos;

/// <summary>A consuming process; killed and started again by the run.</summary>
internal sealed class Node(string postgres, string rabbit) : IAsyncDisposable
{
    // A second kill may be due while the first is still starting the process again.
    private readonly SemaphoreSlim _turn = new(1);

    private Process? _process;

    internal async Task Start()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "DevopsCd.Messaging.Chaos.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, "node", postgres, rabbit]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("The node did not start");
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line != "ready")
                continue;

            // Nobody reads on, so what it says from now on must not fill the pipe.
            _ = _process.StandardOutput.ReadToEndAsync();
            return;
        }

        throw new InvalidOperationException("The node ended before it was ready");
    }

    internal async Task KillAndStart()
    {
        await _turn.WaitAsync();
        try
        {
            await Kill();
            await Start();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        _turn.Dispose();
    }

    private async Task Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }
}
