using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Does in one go what several ask for the same thing while it is busy: one at a time works for a key, and takes whatever has come by the
/// time it can begin. Nobody waits for others to come.
/// </summary>
/// <typeparam name="TKey">What is worked on by one at a time.</typeparam>
/// <typeparam name="TWork">One request.</typeparam>
/// <typeparam name="TResult">What comes of it.</typeparam>
/// <param name="together">Takes what has come by calling its second argument, as often as it likes, and gives a result for each in that order.</param>
internal sealed class Gathering<TKey, TWork, TResult>(Func<TKey, Func<IReadOnlyList<TWork>>, Task<IReadOnlyList<TResult>>> together) where TKey : notnull
{
    /// <summary>More at once are done in the next go.</summary>
    private const int Most = 64;

    /// <summary>How long a request waits while the work cannot begin; as with rows, whoever asked then tries again later.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, List<Request>> _waiting = [];

    /// <summary>Asks for the work, and waits until it is done.</summary>
    /// <exception cref="RowHeldException">It could not begin for a while; it has not been done, and is not going to be.</exception>
    public async Task<TResult> AskAsync(TKey key, TWork work, CancellationToken cancellationToken)
    {
        var request = new Request(work);
        bool first;
        lock (_lock)
        {
            first = !_waiting.TryGetValue(key, out var waiting);
            if (first)
                _waiting.Add(key, waiting = []);
            waiting!.Add(request);
        }
        if (first)
            // Of nobody's own: whoever came first goes when its own is done.
            using (ExecutionContext.SuppressFlow())
                // Behind what is about to ask for the same already.
                _ = Task.Factory.StartNew(() => WorkAsync(key), CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
        try
        {
            return await request.Done.Task.WaitAsync(s_patience, cancellationToken);
        }
        catch (TimeoutException) when (!Withdraw(key, request))
        {
            return await request.Done.Task.WaitAsync(cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RowHeldException($"{key}");
        }
        catch (OperationCanceledException)
        {
            Withdraw(key, request);
            throw;
        }
    }

    private async Task WorkAsync(TKey key)
    {
        while (!IsDone(key))
        {
            List<Request> taken = [];
            try
            {
                Complete(taken, await together(key, () =>
                {
                    var more = Take(key);
                    taken.AddRange(more);
                    return [.. more.Select(r => r.Work)];
                }));
            }
            catch (Exception failure) when (taken.Count > 1 && !DatabaseFailures.IsTransient(failure))
            {
                // One of them cannot be done; it is to delay no other.
                foreach (var request in taken)
                    await AloneAsync(key, request);
            }
            catch (Exception failure)
            {
                // Nothing could begin: all that wait are to know.
                Fail(taken.Count > 0 ? taken : Take(key), failure);
            }
        }
    }

    private async Task AloneAsync(TKey key, Request request)
    {
        try
        {
            Complete([request], await together(key, Once(request.Work)));
        }
        catch (Exception failure)
        {
            Fail([request], failure);
        }
    }

    private static Func<IReadOnlyList<TWork>> Once(TWork work)
    {
        IReadOnlyList<TWork> left = [work];
        return () =>
        {
            var taken = left;
            left = [];
            return taken;
        };
    }

    private static void Complete(List<Request> requests, IReadOnlyList<TResult> results)
    {
        for (var i = 0; i < requests.Count; i++)
            requests[i].Done.TrySetResult(results[i]);
    }

    private static void Fail(List<Request> requests, Exception failure)
    {
        foreach (var request in requests)
            request.Done.TrySetException(failure);
    }

    private bool IsDone(TKey key)
    {
        lock (_lock)
            return _waiting[key].Count == 0 && _waiting.Remove(key);
    }

    private List<Request> Take(TKey key)
    {
        lock (_lock)
        {
            var waiting = _waiting[key];
            var taken = waiting[..Math.Min(waiting.Count, Most)];
            waiting.RemoveRange(0, taken.Count);
            return taken;
        }
    }

    private bool Withdraw(TKey key, Request request)
    {
        lock (_lock)
            return _waiting.TryGetValue(key, out var waiting) && waiting.Remove(request);
    }

    private sealed class Request(TWork work)
    {
        public TWork Work { get; } = work;

        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
