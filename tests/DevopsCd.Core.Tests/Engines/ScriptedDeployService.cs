using System.Collections.Concurrent;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>A deploy service that answers what the test says; everything succeeds at once where it says nothing.</summary>
internal sealed class ScriptedDeployService(TimeProvider clock) : IDeployService
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<DeployAnswer>> _submits = new(), _looks = new();
    private readonly ConcurrentQueue<DeployCall> _calls = [];

    public IReadOnlyList<DeployCall> Calls => [.. _calls];

    /// <summary>Answers to submits that no script speaks of.</summary>
    public Func<Deployment, DeployAnswer> OnSubmit { get; set; } = _ => new DeployAnswer.Succeeded();

    /// <summary>Answers to looks that no script speaks of.</summary>
    public Func<Deployment, DeployAnswer> OnLook { get; set; } = _ => new DeployAnswer.Progressing();

    public Func<Deployment, DeployAnswer> OnStop { get; set; } = _ => new DeployAnswer.Stopped();

    /// <summary>Called in the middle of a submit, before its answer.</summary>
    public Func<Deployment, Task> During { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<DeployCall> Submits(string application) => [.. Calls.Where(c => c.Verb == "submit" && c.Application == application)];

    public void Submitted(string application, params IEnumerable<DeployAnswer> answers) => Script(_submits, application, answers);

    public void Looked(string application, params IEnumerable<DeployAnswer> answers) => Script(_looks, application, answers);

    public async Task<DeployAnswer> Submit(Deployment operation, CancellationToken cancellationToken)
    {
        Record("submit", operation);
        await During(operation);
        return Next(_submits, operation) ?? OnSubmit(operation);
    }

    public Task<DeployAnswer> Look(Deployment operation, CancellationToken cancellationToken)
    {
        Record("look", operation);
        return Task.FromResult(Next(_looks, operation) ?? OnLook(operation));
    }

    public Task<DeployAnswer> Stop(Deployment operation, CancellationToken cancellationToken)
    {
        Record("stop", operation);
        return Task.FromResult(OnStop(operation));
    }

    private static void Script(ConcurrentDictionary<string, ConcurrentQueue<DeployAnswer>> scripts, string application, IEnumerable<DeployAnswer> answers)
    {
        var queue = scripts.GetOrAdd(application, _ => new ConcurrentQueue<DeployAnswer>());
        foreach (var answer in answers)
            queue.Enqueue(answer);
    }

    private static DeployAnswer? Next(ConcurrentDictionary<string, ConcurrentQueue<DeployAnswer>> scripts, Deployment operation) =>
        scripts.TryGetValue(operation.Application, out var queue) && queue.TryDequeue(out var answer) ? answer : null;

    private void Record(string verb, Deployment d) => _calls.Enqueue(new DeployCall(clock.GetUtcNow(), verb, d.Application, d.Cluster, d.OperationId, d.Image));
}
