using DevopsCd.Contracts.Api;
using DevopsCd.Core.Configuration;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// The rules of one operation (R9): which call is due, and what an answer makes of it. Pure: a state, an answer and a time in, the next
/// state out. An operation whose submit may have reached the deploy service may run there until the service says otherwise; when it ends
/// for the batch before that, its stop stays due. What infrastructure has failed is submitted anew, uses up no try by that, and is bounded by the
/// operation's deadline alone.
/// </summary>
internal sealed class OperationRules(DeployOptions deploy)
{
    /// <summary>How often a claim is prolonged while its call is under way: three chances before it ends.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a claimed call keeps others from making it again. It says that its holder lives, not how long the call may take: what a lost
    /// host had in hand is free after it, whatever the time-out of calls.
    /// </summary>
    private static readonly TimeSpan s_claim = TimeSpan.FromSeconds(12);

    /// <summary>However long a service asks callers to wait: a stop that is due holds back whoever deploys next.</summary>
    private static readonly TimeSpan s_longestStopWait = TimeSpan.FromMinutes(1);

    /// <summary>However often infrastructure has failed an operation: nodes come back, and its time is limited.</summary>
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMinutes(1);

    /// <summary>What is to be done with the operation now.</summary>
    public OperationCall Due(OperationState state, DateTimeOffset now)
    {
        if (!state.InFlight)
            return state.MayRun ? OperationCall.Stop : OperationCall.None;
        if (IsOver(state, now))
            return state.MayRun ? OperationCall.Stop : OperationCall.Close;
        if (state.Status == OperationStatus.Progressing)
            return OperationCall.Look;
        // Compared before the call: whoever died in the middle of the last try has used it up (I8).
        return state.Tries > deploy.RetryCount ? OperationCall.Close : OperationCall.Submit;
    }

    /// <summary>
    /// The row as it has to be written before the call is made: nobody else makes it meanwhile, a submit has used up its try, and the
    /// service may have the operation. Whoever takes over from a caller that died keeps the wait between two tries.
    /// </summary>
    public (OperationState State, CallMade Made) Claim(OperationState state, OperationCall call, DateTimeOffset now)
    {
        var length = s_claim;
        if (call == OperationCall.Submit && deploy.Backoff(state.Tries + 1) > length)
            length = Longer(length, Shorter(deploy.Backoff(state.Tries + 1), state.DeadlineAt - now));
        var made = new CallMade(call, now, Whole(now + length), state.MayRun);
        var claimed = state with { NextActionAt = made.Until, ClaimedUntil = made.Until };
        return (call == OperationCall.Submit ? claimed with { Tries = state.Tries + 1, MayRun = true } : claimed, made);
    }

    /// <summary>The claim of an operation that nobody has called the deploy service for yet: the same for all that are due at a time.</summary>
    public (OperationState State, CallMade Made) FirstClaim(DateTimeOffset now) =>
        Claim(new OperationState { Status = OperationStatus.Pending, Tries = 0, DeadlineAt = DateTimeOffset.MaxValue }, OperationCall.Submit, now);

    /// <summary>
    /// The same claim, held by somebody who lives now; one that keeps the wait between two tries ends no sooner for that. An end that was
    /// asked for before without an answer is asked for again, so that there are never more than two that it may have.
    /// </summary>
    public static CallMade Prolonged(CallMade made, DateTimeOffset now)
    {
        var until = made.Tried ?? Whole(now + s_claim);
        return until > made.Until ? made with { Until = until, Tried = null } : made;
    }

    /// <summary>The end of an operation for which no call is to be made any more.</summary>
    /// <param name="state">The operation.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancelled">The batch is being cancelled.</param>
    public static OperationState Close(OperationState state, DateTimeOffset now, bool cancelled) => IsOver(state, now)
        ? Over(state, now, cancelled)
        : GiveUp(state, state.Error ?? "the deploy service was not heard", now);

    /// <summary>The end that a deploy system which cannot be asked has told of.</summary>
    public static OperationState Told(OperationState state, bool succeeded, string reason, DateTimeOffset now) =>
        Ended(state, succeeded ? OperationStatus.Succeeded : OperationStatus.Failed, succeeded ? null : reason, now);

    /// <summary>The state after an answer.</summary>
    /// <param name="state">The operation as it is now, which may be another than when the call was made.</param>
    /// <param name="made">The call.</param>
    /// <param name="answer">What the service answered to it.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancelled">The batch is being cancelled.</param>
    public OperationState After(OperationState state, CallMade made, DeployAnswer answer, DateTimeOffset now, bool cancelled)
    {
        var stale = !made.Holds(state.ClaimedUntil);
        if (!stale)
            state = state with { ClaimedUntil = null };
        // While a claim of its own was lost the operation may have been begun anew: then this may be an answer about a run before.
        if (stale && state.Restarts > 0)
            return state;
        state = Learnt(state, answer);
        // Somebody else has taken over: what this caller did not learn is not worth knowing any more.
        if (state is { InFlight: false, MayRun: false }
            || (stale && answer is not (DeployAnswer.Succeeded or DeployAnswer.Failed or DeployAnswer.Stopped or DeployAnswer.Progressing)))
            return state;
        if (made.Call == OperationCall.Stop && answer is not DeployAnswer.NotSent)
            state = state with { StopAskedAt = state.StopAskedAt ?? now };
        return answer switch
        {
            DeployAnswer.Succeeded => Ended(state, OperationStatus.Succeeded, null, now),
            DeployAnswer.Failed { Cause.Class: DeployCauseClasses.Infrastructure } failed when state.InFlight && !IsOver(state, now) =>
                Anew(state, failed.Reason, now),
            DeployAnswer.Failed failed => Ended(state, OperationStatus.Failed, failed.Reason, now),
            DeployAnswer.Stopped when state.InFlight => Over(state with { AcceptedAt = state.AcceptedAt ?? now, MayRun = false }, now, cancelled),
            DeployAnswer.Stopped => Ended(state, OperationStatus.Stopped, null, now),
            DeployAnswer.Progressing progressing => Runs(state, made, progressing, now),
            DeployAnswer.Unknown when made.Call != OperationCall.Submit => Unknown(state, now, cancelled),
            DeployAnswer.Refused refused when made.Call == OperationCall.Submit && state.InFlight =>
                End(NotArrived(state, made) with { Triage = FailureCause.Write(DeployCauseClasses.Config, refused.Reason) }, OperationStatus.Failed,
                    refused.Reason, now),
            DeployAnswer.Unable unable when made.Call == OperationCall.Submit && state.InFlight => Otherwise(state, made, unable.Reason, now),
            DeployAnswer.Transient transient when made.Call == OperationCall.Submit && state.InFlight =>
                Again(transient.MayHaveArrived ? state : NotArrived(state, made), transient.Reason, transient.RetryAfter, now),
            DeployAnswer.NotSent notSent when made.Call == OperationCall.Submit && state.InFlight =>
                Later(NotArrived(state, made) with { Tries = state.Tries - 1 }, notSent.RetryAfter, now),
            DeployAnswer.NotSent notSent => NothingLearnt(state, made, null, notSent.RetryAfter, now),
            DeployAnswer.Transient transient => NothingLearnt(state, made, transient.Reason, Longer(deploy.PollInterval, transient.RetryAfter), now),
            DeployAnswer.Refused refused => NothingLearnt(state, made, refused.Reason, deploy.PollInterval, now),
            DeployAnswer.Unable unable => NothingLearnt(state, made, unable.Reason, deploy.PollInterval, now),
            _ => throw new InvalidOperationException($"the answer {answer} to {made.Call} has no rule")
        };
    }

    /// <summary>Whole microseconds, as every database keeps them: a claim is recognised by its end.</summary>
    private static DateTimeOffset Whole(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    private static bool IsOver(OperationState state, DateTimeOffset now) => state.StopRequested || now >= state.DeadlineAt;

    /// <summary>This submit never reached the service; one before it may have.</summary>
    private static OperationState NotArrived(OperationState state, CallMade made) => state with { MayRun = made.MayRunBefore };

    /// <summary>
    /// What an answer tells beside how the operation stands. A later run finds the batch's own version where an earlier one has left it, and has not
    /// replaced what ran before.
    /// </summary>
    private static OperationState Learnt(OperationState state, DeployAnswer answer)
    {
        if (answer.Previous is { } previous && (state.Restarts == 0 || previous is { Unchanged: false, IsNothing: false }))
            state = state with { Previous = previous, PreviousRun = state.Restarts };
        return answer.Cause is { } cause ? state with { Triage = FailureCause.Write(cause) } : state;
    }

    /// <summary>Infrastructure has failed it: it is submitted anew after a rest, and the submit that came to nothing is given back.</summary>
    private OperationState Anew(OperationState state, string reason, DateTimeOffset now)
    {
        var rest = deploy.Backoff(state.Restarts + 1);
        return Later(state with
        {
            Status = OperationStatus.Pending,
            AcceptedAt = state.AcceptedAt ?? now,
            MayRun = false,
            Tries = Math.Max(0, state.Tries - 1),
            Restarts = state.Restarts + 1,
            Error = reason
        }, rest < s_longestRest ? rest : s_longestRest, now);
    }

    /// <summary>The service has said that it ended. For an operation that the batch had given up only the stop is settled.</summary>
    private static OperationState Ended(OperationState state, OperationStatus status, string? reason, DateTimeOffset now)
    {
        state = state with { AcceptedAt = state.AcceptedAt ?? now, MayRun = false, Triage = status == OperationStatus.Succeeded ? null : state.Triage };
        return state.InFlight ? End(state, status, reason, now) : Settled(state, now);
    }

    private OperationState Runs(OperationState state, CallMade made, DeployAnswer.Progressing progressing, DateTimeOffset now)
    {
        state = state with { AcceptedAt = state.AcceptedAt ?? now, MayRun = true };
        if (!state.InFlight)
            return Later(state, deploy.PollInterval, now);
        state = state with { Status = OperationStatus.Progressing, Error = made.Call == OperationCall.Stop ? state.Error : null };
        if (made.Call == OperationCall.Stop)
            return now >= state.DeadlineAt ? TimedOut(state, now, deploy.PollInterval) : Later(state, deploy.PollInterval, now);
        // A stop or a report that came while this call was under way.
        if (state.StopRequested || state.ReportedAt > made.At)
            return Later(state, TimeSpan.Zero, now);
        return Later(state, progressing.LookAfter is { } hint && hint < deploy.PollInterval.Value ? hint : deploy.PollInterval.Value, now);
    }

    private OperationState Unknown(OperationState state, DateTimeOffset now, bool cancelled)
    {
        if (!state.InFlight)
            return Settled(state with { MayRun = false }, now);
        if (IsOver(state, now))
            return Over(state with { MayRun = false }, now, cancelled);
        // It was accepted, and the service has lost it: it is asked again under the same id, which is a try like any other.
        return Again(state with { Status = OperationStatus.Pending }, "the deploy service does not know the operation that it had accepted", null, now);
    }

    /// <summary>What was recorded cannot be restored: the image of before is deployed instead, where it is known. That asks for something else, and is no further try.</summary>
    private static OperationState Otherwise(OperationState state, CallMade made, string reason, DateTimeOffset now) =>
        state.Previous?.Image is null || state.Redeploys
            ? End(NotArrived(state, made), OperationStatus.Failed, $"{reason}; the image that ran before is not known", now)
            : Later(NotArrived(state, made) with { Redeploys = true, Tries = state.Tries - 1, Error = reason }, TimeSpan.Zero, now);

    /// <summary>A refused or lost look or stop says nothing about the rollout.</summary>
    private OperationState NothingLearnt(OperationState state, CallMade made, string? reason, TimeSpan wait, DateTimeOffset now)
    {
        if (!state.InFlight)
            return Later(state, wait < s_longestStopWait ? wait : Longer(s_longestStopWait, deploy.PollInterval), now);
        state = state with { Error = reason ?? state.Error };
        if (made.Call != OperationCall.Stop)
            return Later(state, IsOver(state, now) ? TimeSpan.Zero : wait, now);
        if (now >= state.DeadlineAt)
            return TimedOut(state, now, wait);
        // A cancel does not wait for a service that never said that it has the operation; its stop stays due.
        return state is { StopRequested: true, AcceptedAt: null }
            ? End(state, OperationStatus.Stopped, "stopped; the deploy service has not confirmed it", now, wait)
            : Later(state, wait, now);
    }

    private OperationState Again(OperationState state, string reason, TimeSpan? retryAfter, DateTimeOffset now)
    {
        state = state with { Error = reason };
        if (state.StopRequested)
            return Later(state, TimeSpan.Zero, now);
        return state.Tries > deploy.RetryCount
            ? GiveUp(state, reason, now)
            : Later(state, Longer(deploy.Backoff(state.Tries), retryAfter), now);
    }

    private static OperationState Over(OperationState state, DateTimeOffset now, bool cancelled) => now >= state.DeadlineAt && !cancelled
        ? TimedOut(state, now)
        : End(state, OperationStatus.Stopped, "stopped", now);

    private static OperationState TimedOut(OperationState state, DateTimeOffset now, TimeSpan nextStop = default) =>
        End(state, OperationStatus.TimedOut, state.Restarts == 0 ? $"not done by {state.DeadlineAt:u}"
            : $"not done by {state.DeadlineAt:u}, begun anew {state.Restarts} times{(state.Error is { } last ? $"; last: {last}" : "")}", now, nextStop);

    /// <summary>The end for the batch. What may still run has a stop due: at once, unless one was asked for just now.</summary>
    private static OperationState End(OperationState state, OperationStatus status, string? reason, DateTimeOffset now, TimeSpan nextStop = default) =>
        state with
        {
            Status = status,
            FinishedAt = now,
            Error = reason,
            NextActionAt = state.MayRun ? now + nextStop : null
        };

    private static OperationState Settled(OperationState state, DateTimeOffset now) => state with { SettledAt = now, NextActionAt = null };

    /// <summary>The next call; of an operation in flight not after its deadline, for then it is over.</summary>
    private static OperationState Later(OperationState state, TimeSpan wait, DateTimeOffset now)
    {
        var at = now + wait;
        return state with { NextActionAt = state.InFlight && at > state.DeadlineAt ? state.DeadlineAt : at };
    }

    /// <summary>Nobody has answered that could have failed it.</summary>
    private static OperationState GiveUp(OperationState state, string reason, DateTimeOffset now)
    {
        reason = $"gave up after {state.Tries} tries: {reason}";
        return End(state with { Triage = FailureCause.Write(DeployCauseClasses.Infrastructure, reason) }, OperationStatus.Failed, reason, now);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan wait, TimeSpan? asked) => asked > wait ? asked.Value : wait;
}
