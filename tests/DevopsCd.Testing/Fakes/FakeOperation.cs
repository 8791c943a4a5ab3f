using DevopsCd.Contracts.Api;

namespace DevopsCd.Testing.Fakes;

/// <summary>One operation the fake deploy service has accepted.</summary>
public sealed class FakeOperation(string operationId, DeployOperationRequest request, string body, DeployOutcome outcome, DateTimeOffset startedAt)
{
    private readonly Lock _state = new();
    private DateTimeOffset? _stoppedAt, _rolledBackAt;

    public string OperationId => operationId;

    public DeployOperationRequest Request => request;

    public DeployOutcome Outcome => outcome;

    public DateTimeOffset StartedAt => startedAt;

    /// <summary>The image that ran on the workload when it was accepted.</summary>
    public required string Before { get; init; }

    /// <summary>When somebody has asked for what ran before it; null while nobody has.</summary>
    public DateTimeOffset? RolledBackAt
    {
        get
        {
            lock (_state) return _rolledBackAt;
        }
    }

    /// <summary>The body as it was first sent; the same id with another one is refused.</summary>
    internal string Body => body;

    /// <summary>When it ended, or null while it is in flight at <paramref name="now"/>.</summary>
    public DateTimeOffset? EndedAt(DateTimeOffset now)
    {
        lock (_state)
        {
            var due = outcome.Phase is null ? (DateTimeOffset?)null : startedAt + outcome.After;
            var end = _stoppedAt is { } stop && (due is null || stop < due) ? stop : due;
            return end <= now ? end : null;
        }
    }

    internal void Stop(DateTimeOffset now)
    {
        lock (_state)
            if (EndedAt(now) is null)
                _stoppedAt ??= now;
    }

    internal void RollBack(DateTimeOffset now)
    {
        lock (_state)
        {
            Stop(now);
            _rolledBackAt ??= now;
        }
    }

    internal DeployOperationView View(DateTimeOffset now)
    {
        var ended = EndedAt(now);
        var phase = ended is null ? DeployPhases.Progressing : ended == _stoppedAt || RolledBackAt is not null ? DeployPhases.Stopped : outcome.Phase!;
        return new()
        {
            OperationId = operationId,
            Phase = phase,
            Reason = RolledBackAt is not null ? DeployReasons.RolledBack : phase == DeployPhases.Failed ? outcome.Reason : null,
            Message = phase == DeployPhases.Failed ? $"{request.Application}: {outcome.Reason}" : null,
            Cause = phase is DeployPhases.Failed or DeployPhases.Stopped ? outcome.Cause : null,
            Replicas = new DeployReplicas { Desired = 1, Updated = 1, Available = phase == DeployPhases.Succeeded ? 1 : 0 },
            Previous = new DeployPrevious { Image = Before, Unchanged = Before == request.Image },
            StartedAt = startedAt,
            FinishedAt = ended,
        };
    }
}
