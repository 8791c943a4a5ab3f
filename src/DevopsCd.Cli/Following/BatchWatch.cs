using System.Net;
using DevopsCd.Cli.Commands;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Following;

/// <summary>
/// Follows a batch: asks for it when the service's stream says that it has changed, and every second where there is no stream. An answer that does not
/// come is asked for anew and is never taken for a result. What changes is said on standard error, a line each, or on a terminal as a table that is
/// kept current.
/// </summary>
internal sealed class BatchWatch(Session session, long id)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    /// <summary>Many changes at once are one look; and however great the batch, its watchers spend a small part of their time in looking.</summary>
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>How many times as long as the last look has taken no other follows.</summary>
    private const int PauseOfLooks = 4;

    /// <summary>How long a stream is believed that says nothing, and how often the clocks of a table move.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(30), s_second = TimeSpan.FromSeconds(1);

    /// <summary>What has been said of each application, and of the batch.</summary>
    private readonly Dictionary<string, string> _said = new(StringComparer.Ordinal);
    private string? _tag;
    private BatchView? _seen;

    /// <summary>Waits for what the accepted event has begun.</summary>
    /// <returns>One of <see cref="ExitCodes" />.</returns>
    public async Task<int> WaitAsync(StageWait stage, EventAccepted since, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (decision, version) = ((BatchEventView?)null, since.Version);
        // A cancel that leads to the end by itself is decided.
        if (stage == StageWait.Cancel && since.ToName == "Cancelled")
            return ExitCodes.Ok;
        var inTime = await FollowAsync(async batch =>
        {
            if (batch.Version > version)
                (decision, version) = (stage.DecisionIn(await Batches.EventsAfterAsync(session, id, since.Version, cancellationToken)), batch.Version);
            return decision is not null;
        }, timeout, cancellationToken);
        if (!inTime)
            return await TimedOutAsync(stage.Name, stage.Start, timeout, cancellationToken);
        if (stage.Good.Contains(decision!.Event))
        {
            await session.SayAsync($"{_seen!.BatchNumber}: {decision.Event}, now {decision.To}");
            return ExitCodes.Ok;
        }
        await session.SayAsync($"{_seen!.BatchNumber}: {decision.Event}, now {decision.To}{(decision.Reason is null ? "" : $": {decision.Reason}")}");
        foreach (var release in _seen.Releases.Where(r => r.StatusReason is not null))
            await session.SayAsync($"  {release.Application}: {release.StatusReason}");
        await TellCausesAsync();
        return ExitCodes.Failed;
    }

    /// <summary>Watches until nothing goes on by itself, or, to the end, until the batch has ended.</summary>
    /// <returns>One of <see cref="ExitCodes" />.</returns>
    public async Task<int> RunAsync(bool toTheEnd, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!await FollowAsync(batch => Task.FromResult(toTheEnd ? HasEnded(batch) : IsAtRest(batch)), timeout, cancellationToken))
            return await TimedOutAsync($"the batch", _seen?.StateName == "Sealed" ? StageWait.Pre.Start : null, timeout, cancellationToken);
        await TellCausesAsync();
        return _seen!.LastFailure is not null && !HasEnded(_seen) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static bool HasEnded(BatchView batch) => batch.AvailableEvents.Count == 0;

    /// <summary>Only a person, or a build, brings it on.</summary>
    private static bool IsAtRest(BatchView batch) => HasEnded(batch) || !IsRunning(batch) && (batch.StateName != "Sealed" || batch.AutoDeployBlocked);

    private static bool IsRunning(BatchView batch) => batch.StateName is "PreDeploying" or "ProdDeploying" or "ProdRollingBack";

    /// <summary>Whether it came to that in time.</summary>
    private Task<bool> FollowAsync(Func<BatchView, Task<bool>> isDone, TimeSpan timeout, CancellationToken cancellationToken) => session.Around.IsOutTerminal
        ? LiveTable.RunAsync(session.Around, show => FollowAsync(show, isDone, timeout, cancellationToken))
        : FollowAsync(TellAsync, isDone, timeout, cancellationToken);

    private async Task<bool> FollowAsync(
        Func<BatchView, Task> show, Func<BatchView, Task<bool>> isDone, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = session.Clock.GetTimestamp();
        var pause = s_pause;
        await using var changes = new ChangeSignal(session.Api, id, session.Clock);
        while (true)
        {
            var (changed, looked) = (changes.Next, session.Clock.GetTimestamp());
            if (await LookAsync(cancellationToken) is { } batch)
            {
                _seen = batch;
                pause = s_pause;
            }
            else if (pause < s_longestPause)
            {
                pause += s_pause;
            }
            if (_seen is not null)
                await show(_seen);
            if (_seen is not null && await TryAsync(() => isDone(_seen)))
                return true;
            var rest = PauseOfLooks * session.Clock.GetElapsedTime(looked);
            await DelayAsync(rest > s_shortestPause ? rest : s_shortestPause);
            await UntilChangedAsync(changed, pause);
            if (Left() <= TimeSpan.Zero)
                return false;
        }

        TimeSpan Left() => timeout - session.Clock.GetElapsedTime(started);

        Task DelayAsync(TimeSpan length) =>
            Task.Delay(Left() is var left && left < length ? left > TimeSpan.Zero ? left : TimeSpan.Zero : length, session.Clock, cancellationToken);

        // What is shown has clocks in it, which go on meanwhile.
        async Task UntilChangedAsync(Task changed, TimeSpan polled)
        {
            var since = session.Clock.GetTimestamp();
            while (!changed.IsCompleted && Left() > TimeSpan.Zero
                && (changes.IsOpen ? s_quiet : polled) - session.Clock.GetElapsedTime(since) is { Ticks: > 0 } rest)
            {
                await Task.WhenAny(changed, DelayAsync(rest < s_second ? rest : s_second));
                cancellationToken.ThrowIfCancellationRequested();
                if (_seen is not null && !changed.IsCompleted)
                    await show(_seen);
            }
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
            await TellCausesAsync(release, batch);
        }
    }

    /// <summary>Beside a table that is kept current there is no room for them.</summary>
    private async Task TellCausesAsync()
    {
        foreach (var release in _seen!.Releases)
            await TellCausesAsync(release, _seen);
    }

    private async Task TellCausesAsync(ReleaseView release, BatchView batch)
    {
        foreach (var failed in Stages.Failed(release, Stages.Of(batch)))
            await TellCauseAsync(failed);
    }

    /// <summary>Why an operation has failed, once.</summary>
    private async Task TellCauseAsync(DeploymentView failed)
    {
        if (failed.Cause is not { } cause || !_said.TryAdd(failed.OperationId, ""))
            return;
        await session.SayAsync($"  {failed.OperationId}");
        await session.SayAsync($"    cause: {CauseText.Line(cause)}");
        foreach (var line in cause.Events.Select(CauseText.Of).Concat(cause.LastLines.Select(l => $"| {l}")))
            await session.SayAsync($"    {Printer.Flat(line)}");
    }

    private async Task TellAsync(string about, string line)
    {
        if (_said.GetValueOrDefault(about) == line)
            return;
        _said[about] = line;
        await session.SayAsync($"{line}");
    }

    private async Task<int> TimedOutAsync(FormattableString what, string? start, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await session.SayAsync($"{what} is not over after {Ages.Length(timeout)}; the batch goes on");
        foreach (var release in _seen?.Releases.Where(IsUnfinished) ?? [])
            await session.SayAsync($"  {release.Application}: {release.StatusReason ?? Stages.InFlight(release)}");
        if (_seen is null)
            return ExitCodes.TimedOut;
        if (start is not null && !IsRunning(_seen))
            await SayObstaclesAsync(start, cancellationToken);
        await session.SayAsync($"See: devopscd batch watch {_seen.BatchNumber}");
        return ExitCodes.TimedOut;
    }

    /// <summary>What keeps a stage from beginning.</summary>
    private Task<bool> SayObstaclesAsync(string start, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var explanation = (await session.Api.GetAsync($"batches/{id}/explain?event={start}", cancellationToken)).As<BatchExplanation>();
        foreach (var obstacle in explanation.Events.SelectMany(one => one.Obstacles))
            await session.SayAsync($"  in the way: {obstacle.Reason}");
        return true;
    });

    private static bool IsUnfinished(ReleaseView release) => release.StatusReason is not null || release.Deployments.Any(d => d.FinishedAt is null);
}
