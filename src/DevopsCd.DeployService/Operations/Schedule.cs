using System.Collections.Concurrent;
using System.Threading.Channels;

namespace DevopsCd.DeployService.Operations;

/// <summary>Which operations are due for a step: woken by what happens or by the clock. No operation is worked on twice at once in this process.</summary>
internal sealed class Schedule(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_afterBreaking = TimeSpan.FromSeconds(5);

    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, Job> _jobs = new();

    public Job JobOf(string id) => _jobs.GetOrAdd(id, i => new Job(clock, () => Wake(i)));

    public Job? Find(string id) => _jobs.GetValueOrDefault(id);

    public void Wake(string id)
    {
        if (JobOf(id).TryQueue())
            _queue.Writer.TryWrite(id);
    }

    public void WakeIn(string id, TimeSpan wait) => JobOf(id).WakeIn(wait);

    /// <summary>Nothing more is to be done about it here.</summary>
    public void Retire(string id)
    {
        if (_jobs.TryRemove(id, out var job))
            job.Dispose();
    }

    /// <summary>Takes the steps that are due, so many at a time, until told to stop.</summary>
    public Task WorkAsync(int workers, Func<string, Job, CancellationToken, Task> step, Action<Exception, string> broke, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(step, broke, cancellationToken)));

    public void Dispose()
    {
        foreach (var id in _jobs.Keys)
            Retire(id);
    }

    private async Task WorkAsync(Func<string, Job, CancellationToken, Task> step, Action<Exception, string> broke, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var id in _queue.Reader.ReadAllAsync(cancellationToken))
            {
                var job = JobOf(id);
                if (!job.TryEnter())
                    continue;
                try
                {
                    await step(id, job, cancellationToken);
                }
                catch (Exception broken) when (broken is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
                {
                    broke(broken, id);
                    WakeIn(id, s_afterBreaking);
                }
                finally
                {
                    if (job.Leave())
                        _queue.Writer.TryWrite(id);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }
}
