using System.Collections.Concurrent;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>A deploy service that answers what the test says; everything succeeds at once where it says nothing.</summary>
internal sealed class ScriptedDeployService(TimeProvider clock) : IDeployService
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<DeployAnswer>> _submits = new(), _looks = new();
    private readonly ConcurrentQueue<DeployCall> _calls = [];
    private TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _life = new();
    private TaskCompletionSource? _slow;
    private string? _deadly;

    public IReadOnlyList<DeployCall> Calls => [.. _calls];

    /// <summary>Answers to submits that no script speaks of.</summary>
    public Func<Deployment, DeployAnswer> OnSubmit { get; set; } = _ => new DeployAnswer.Succeeded();

    /// <summary>Answers to looks that no script speaks of.</summary>
    public Func<Deployment, DeployAnswer> OnLook { get; set; } = _ => new DeployAnswer.Progressing();

    public Func<Deployment, DeployAnswer> OnStop { get; set; } = _ => new DeployAnswer.Stopped();

    /// <summary>What it finds in a place; null where it cannot tell.</summary>
    public Func<Deployment, FoundVersion?> OnInspect { get; set; } = _ => null;

    /// <summary>Completes when a caller has died.</summary>
    public Task Died => _died.Task;

    /// <summary>The life of the callers there are now; whoever calls has it.</summary>
    public CancellationToken Life => _life.Token;

    /// <summary>The next caller of any verb waits for its answer until this is completed.</summary>
    public TaskCompletionSource HoldNext() => _slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next caller of this verb dies in the middle of its call, as by <c>kill -9</c>: it never goes on.</summary>
    public void KillNext(string verb)
    {
        _died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _deadly = verb;
    }

    /// <summary>Nobody is to die who has not by now.</summary>
    public void Spare() => _deadly = null;

    public IReadOnlyList<DeployCall> Submits(string application) => [.. Calls.Where(c => c.Verb == "submit" && c.Application == application)];

    public void Submitted(string application, params IEnumerable<DeployAnswer> answers) => Script(_submits, application, answers);

    public void Looked(string application, params IEnumerable<DeployAnswer> answers) => Script(_looks, application, answers);

    public async Task<DeployAnswer> SubmitAsync(Deployment operation, CancellationToken cancellationToken)
    {
        await Record(operation.Restores ? "rollback" : "submit", operation);
        return Next(_submits, operation) ?? OnSubmit(operation);
    }

    public async Task<DeployAnswer> LookAsync(Deployment operation, CancellationToken cancellationToken)
    {
        await Record("look", operation);
        return Next(_looks, operation) ?? OnLook(operation);
    }

    public async Task<DeployAnswer> StopAsync(Deployment operation, CancellationToken cancellationToken)
    {
        await Record("stop", operation);
        return OnStop(operation);
    }

    public async Task<IReadOnlyList<FoundVersion?>> InspectAsync(IReadOnlyList<Deployment> operations, CancellationToken cancellationToken)
    {
        foreach (var operation in operations)
            await Record("inspect", operation);
        return [.. operations.Select(OnInspect)];
    }

    private static void Script(ConcurrentDictionary<string, ConcurrentQueue<DeployAnswer>> scripts, string application, IEnumerable<DeployAnswer> answers)
    {
        var queue = scripts.GetOrAdd(application, _ => new ConcurrentQueue<DeployAnswer>());
        foreach (var answer in answers)
            queue.Enqueue(answer);
    }

    private static DeployAnswer? Next(ConcurrentDictionary<string, ConcurrentQueue<DeployAnswer>> scripts, Deployment operation) =>
        scripts.TryGetValue(operation.Application, out var queue) && queue.TryDequeue(out var answer) ? answer : null;

    private Task Record(string verb, Deployment d)
    {
        _calls.Enqueue(new DeployCall(clock.GetUtcNow(), verb, d.Application, d.Cluster, d.OperationId, d.Image));
        if (_deadly != verb)
            return Interlocked.Exchange(ref _slow, null)?.Task ?? Task.CompletedTask;
        (_deadly, var dead, _life) = (null, _life, new CancellationTokenSource());
        _died.SetResult();
        // It takes with it what it did beside the call.
        dead.Cancel();
        return Task.FromCanceled(dead.Token);
    }
}
