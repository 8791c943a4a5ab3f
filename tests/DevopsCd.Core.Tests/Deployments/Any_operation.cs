using DevopsCd.Core.Configuration;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>
/// Attempts on one workload against a deploy service that loses answers, refuses looks, forgets, answers for others, and callers that die
/// at any point of a call. The rules see only what a caller sees; the service's own truth judges them.
/// </summary>
public sealed class Any_operation
{
    private const int RetryCount = 3, Plays = 2000;

    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly DeployOptions s_deploy = new() { RetryCount = RetryCount };
    private static readonly OperationRules s_rules = new(s_deploy);

    [Fact]
    public void Keeps_its_budget_and_its_waits_is_never_forgotten_and_never_runs_beside_another()
    {
        var seen = new HashSet<string>();
        for (var seed = 0; seed < Plays; seed++)
            new Play(seed, seen).Run();

        // The plays are worth something only if they have met every end and every trouble.
        seen.ShouldBe(["succeeded", "failed", "timed out", "stopped", "stop due", "closed", "died"], ignoreOrder: true);
    }

    private sealed class Play(int seed, HashSet<string> seen)
    {
        private readonly Random _random = new(seed);
        private readonly string _name = $"seed {seed}";
        private readonly List<DateTimeOffset> _submits = [];
        private Service _service = new();
        private OperationState _state = null!;
        private DateTimeOffset _now = s_start;
        private bool _cancelled;
        private bool _healed;

        public void Run()
        {
            for (var attempt = 0; attempt < 3; attempt++)
            {
                (_service, _healed, _cancelled) = (new Service(), false, false);
                _submits.Clear();
                _state = new OperationState { Status = OperationStatus.Pending, Tries = 0, DeadlineAt = _now.AddMinutes(10), NextActionAt = _now };
                One();
                _service.Runs.ShouldBeFalse($"{_name}: the next attempt would run beside this one");
            }
        }

        /// <summary>One attempt, until nothing is due; the next one waits for that.</summary>
        private void One()
        {
            for (var step = 0; _state.NextActionAt is { } due; step++)
            {
                step.ShouldBeLessThan(2000, $"{_name}: it comes to an end");
                if (_now < due)
                    _now = due;
                // Trouble heals some time; by then everything else has to settle by itself.
                _healed |= step > 60 || _random.Next(60) == 0;
                if (_state.InFlight && _random.Next(40) == 0)
                    (_cancelled, _state) = (true, _state with { StopRequested = true });
                if (_random.Next(25) == 0)
                    _state = _state with { ReportedAt = _now };
                if (_random.Next(10) == 0)
                    _service.End(_random.Next(3) > 0);
                Step();
                Check();
            }
            _state.InFlight.ShouldBeFalse(_name);
        }

        private void Step()
        {
            var call = s_rules.Due(_state, _now);
            call.ShouldNotBe(OperationCall.None, $"{_name}: what has a time is due");
            var (claimed, made) = s_rules.Claim(_state, call, _now);
            _state = claimed;
            if (call == OperationCall.Close)
            {
                seen.Add("closed");
                _state = OperationRules.Close(_state with { ClaimedUntil = null }, _now, _cancelled);
                return;
            }
            if (!_healed && _random.Next(12) == 0)
            {
                // The caller dies: before the call, or after it arrived. What it had claimed comes back when the claim ends.
                seen.Add("died");
                if (_random.Next(2) == 0)
                    Arrive(call);
                return;
            }
            var answer = Ask(call);
            _now += TimeSpan.FromMilliseconds(_random.Next(1, 10_000));
            _state = s_rules.After(_state, made, answer, _now, _cancelled);
        }

        private DeployAnswer Ask(OperationCall call)
        {
            var trouble = _healed ? 10 : _random.Next(11);
            switch (trouble)
            {
                case 0:
                    return new DeployAnswer.NotSent(TimeSpan.FromSeconds(1));
                case 1:
                    return new DeployAnswer.Transient("no connection", MayHaveArrived: false);
                case 2:
                    return new DeployAnswer.Transient("503", TimeSpan.FromSeconds(_random.Next(1, 30)));
                case 3:
                    return new DeployAnswer.Refused("401");
                case 4 or 5:
                    Arrive(call);
                    return new DeployAnswer.Transient("the answer was lost, or spoke of another operation");
                case 6 when !_service.Runs:
                    // It was accepted and its record is gone; nothing runs.
                    _service = new Service();
                    return Arrive(call);
                default:
                    return Arrive(call);
            }
        }

        private DeployAnswer Arrive(OperationCall call)
        {
            if (call == OperationCall.Submit)
                _submits.Add(_now);
            return call switch
            {
                OperationCall.Submit => _service.Submit(),
                OperationCall.Stop => _service.Stop(_random.Next(3) == 0),
                _ => _service.Look()
            };
        }

        private void Check()
        {
            // I8: budget and waits, by what the service saw.
            _submits.Count.ShouldBeLessThanOrEqualTo(RetryCount + 1, _name);
            _submits.Count.ShouldBeLessThanOrEqualTo(_state.Tries, _name);
            for (var i = 1; i < _submits.Count; i++)
                (_submits[i] - _submits[i - 1]).ShouldBeGreaterThanOrEqualTo(s_deploy.Backoff(i), $"{_name}: the wait before submit {i + 1}");
            if (_service.Runs)
                _state.MayRun.ShouldBeTrue($"{_name}: it runs and is forgotten");
            if (_state.MayRun || _state.InFlight)
                _state.NextActionAt.ShouldNotBeNull($"{_name}: something is due");
            if (_state.InFlight)
                _state.NextActionAt!.Value.ShouldBeLessThanOrEqualTo(_state.DeadlineAt + TimeSpan.FromSeconds(30),
                    $"{_name}: nobody waits beyond the deadline");
            seen.Add(_state switch
            {
                { StopDue: true } => "stop due",
                { Status: OperationStatus.Succeeded } => "succeeded",
                { Status: OperationStatus.Failed } => "failed",
                { Status: OperationStatus.TimedOut } => "timed out",
                { Status: OperationStatus.Stopped } => "stopped",
                _ => "died"
            });
        }
    }

    /// <summary>The deploy service as it is in truth, for one operation id.</summary>
    private sealed class Service
    {
        private DeployAnswer? _phase;

        public bool Runs => _phase is DeployAnswer.Progressing;

        public DeployAnswer Submit() => _phase ??= new DeployAnswer.Progressing();

        public DeployAnswer Look() => _phase ?? new DeployAnswer.Unknown();

        public DeployAnswer Stop(bool takesTime)
        {
            if (Runs && !takesTime)
                _phase = new DeployAnswer.Stopped();
            return Look();
        }

        public void End(bool well)
        {
            if (Runs)
                _phase = well ? new DeployAnswer.Succeeded() : new DeployAnswer.Failed("CrashLoopBackOff");
        }
    }
}
