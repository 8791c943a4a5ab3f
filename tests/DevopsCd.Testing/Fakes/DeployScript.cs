using System.Collections.Concurrent;

namespace DevopsCd.Testing.Fakes;

/// <summary>What the fake deploy service does with one application: one answer a submitting call, one outcome a new operation, in order.</summary>
public sealed class DeployScript
{
    private readonly ConcurrentQueue<SubmitAnswer> _answers = [];
    private readonly ConcurrentQueue<DeployOutcome> _outcomes = [];

    /// <summary>The next submitting calls are treated so; after them calls are accepted.</summary>
    public DeployScript Answers(params IEnumerable<SubmitAnswer> next)
    {
        foreach (var answer in next) _answers.Enqueue(answer);
        return this;
    }

    /// <summary>The next new operations (attempts) go so; after them as the service's default says.</summary>
    public DeployScript Outcomes(params IEnumerable<DeployOutcome> next)
    {
        foreach (var outcome in next) _outcomes.Enqueue(outcome);
        return this;
    }

    internal SubmitAnswer? NextAnswer() => _answers.TryDequeue(out var answer) ? answer : null;

    internal DeployOutcome? NextOutcome() => _outcomes.TryDequeue(out var outcome) ? outcome : null;
}
