using System.Net;
using DevopsCd.Cli.Commands;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Following;

/// <summary>
/// Follows a batch by asking for it again and again; an answer that does not come is asked for anew and is never taken for a result.
/// What changes is said on standard error, a line each, or on a terminal as a table that is kept current.
/// </summary>
internal sealed class BatchWatch(Session session, long id)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    /// <summary>What has been said of each application, and of the batch.</summary>
    private readonly Dictionary<string, string> _said = new(StringComparer.Ordinal);
    private string? _tag;
    private BatchView? _seen;

    /// <summary>Waits for what the accepted event has begun.</summary>
    /// <returns>One of <see cref="ExitCodes" />.</returns>
    public async Task<int> WaitAsync(StageWait stage, EventAccepted since, TimeSpan timeout, CancellationToken cancellationToken)
    {
        BatchEventView? decision = null;
        // A cancel that leads to the end by itself is decided.
        if (stage == StageWait.Cancel && since.ToName == "Cancelled")
            return ExitCodes.Ok;
        var inTime = await FollowAsync(async batch =>
        {
            if (batch.Version > since.Version)
                decision = stage.DecisionIn(await Batches.EventsAfterAsync(session, id, since.Version, cancellationToken));
            return decision is not null;
        }, timeout, cancellationToken);
        if (!inTime)
            return await TimedOutAsync(stage.Name, timeout);
        if (stage.Good.Contains(decision!.Event))
        {
            await session.SayAsync($"{_seen!.BatchNumber}: {decision.Event}, now {decision.To}");
            return ExitCodes.Ok;
        }
        await session.SayAsync($"{_seen!.BatchNumber}: {decision.Event}, now {decision.To}{(decision.Reason is null ? "" : $": {decision.Reason}")}");
        foreach (var release in _seen.Releases.Where(r => r.StatusReason is not null))
            await session.SayAsync($"  {release.Application}: {release.StatusReason}");
        return ExitCodes.Failed;
    }

    /// <summary>Watches until nothing goes on by itself, or, to the end, until the batch has ended.</summary>
    /// <returns>One of <see cref="ExitCodes" />.</returns>
    public async Task<int> RunAsync(bool toTheEnd, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!await FollowAsync(batch => Task.FromResult(toTheEnd ? HasEnded(batch) : IsAtRest(batch)), timeout, cancellationToken))
            return await TimedOutAsync("the batch", timeout);
        return _seen!.LastFailure is not null && !HasEnded(_seen) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static bool HasEnded(BatchView batch) => batch.AvailableEvents.Count == 0;

    /// <summary>Only a person, or a build, brings it on.</summary>
    private static bool IsAtRest(BatchView batch) => HasEnded(batch) || batch.StateName switch
    {
        "PreDeploying" or "ProdDeploying" or "ProdRollingBack" => false,
        "Sealed" => batch.AutoDeployBlocked,
        _ => true
    };

    /// <summary>Whether it came to that in time.</summary>
    private Task<bool> FollowAsync(Func<BatchView, Task<bool>> isDone, TimeSpan timeout, CancellationToken cancellationToken) => session.Around.IsOutTerminal
        ? LiveTable.RunAsync(session.Around, show => FollowAsync(show, isDone, timeout, cancellationToken))
        : FollowAsync(TellAsync, isDone, timeout, cancellationToken);

    private async Task<bool> FollowAsync(
        Func<BatchView, Task> show, Func<BatchView, Task<bool>> isDone, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = session.Clock.GetTimestamp();
        var pause = s_pause;
        while (true)
        {
            if (await LookAsync(cancellationToken) is { } batch)
            {
                _seen = batch;
                await show(batch);
                pause = s_pause;
            }
            else if (pause < s_longestPause)
            {
                pause += s_pause;
            }
            if (_seen is not null && await TryAsync(() => isDone(_seen)))
                return true;
            var left = timeout - session.Clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                return false;
            await Task.Delay(left < pause ? left : pause, session.Clock, cancellationToken);
        }
    }

    /// <summary>The batch, where it has changed since it was last seen.</summary>
    private async Task<BatchView?> LookAsync(CancellationToken cancellationToken)
    {
        BatchView? found = null;
        await TryAsync(async () =>
        {
            var reply = await session.Api.GetAsync($"batches/{id}", cancellationToken, _tag);
            if (reply.Status == HttpStatusCode.NotModified)
                return true;
            _tag = reply.Tag;
            found = reply.As<BatchView>();
            return true;
        });
        return found;
    }

    /// <summary>A service that is away is waited for; the limit is that of the wait.</summary>
    private static async Task<bool> TryAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (CliException away) when (away.ExitCode == ExitCodes.Unreachable)
        {
            return false;
        }
    }

    private async Task TellAsync(BatchView batch)
    {
        await TellAsync("", $"{batch.BatchNumber}: {batch.StateName}{(batch.LastFailure is null ? "" : $": {batch.LastFailure}")}");
        foreach (var release in batch.Releases)
        {
            var status = $"{Stages.Of(batch)} {Stages.StatusOf(release, Stages.Of(batch))}";
            var open = Stages.InFlight(release) is { Length: > 0 } operations ? $" ({operations})" : "";
            var why = release.StatusReason is null ? "" : $": {release.StatusReason}";
            await TellAsync(release.Application, $"  {release.Application}: {status}{open}{why}");
        }
    }

    private async Task TellAsync(string about, string line)
    {
        if (_said.GetValueOrDefault(about) == line)
            return;
        _said[about] = line;
        await session.SayAsync(line);
    }

    private async Task<int> TimedOutAsync(string what, TimeSpan timeout)
    {
        await session.SayAsync($"{what} is not over after {Ages.Length(timeout)}; the batch goes on");
        foreach (var release in _seen?.Releases.Where(IsUnfinished) ?? [])
            await session.SayAsync($"  {release.Application}: {release.StatusReason ?? Stages.InFlight(release)}");
        if (_seen is not null)
            await session.SayAsync($"See: devopscd batch watch {_seen.BatchNumber}");
        return ExitCodes.TimedOut;
    }

    private static bool IsUnfinished(ReleaseView release) => release.StatusReason is not null || release.Deployments.Any(d => d.FinishedAt is null);
}
