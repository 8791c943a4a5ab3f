using MassTransit;

namespace DevopsCd.Core.Consuming;

/// <summary>The quick tries after a failure of the database that another try may not meet again.</summary>
internal static class DatabaseRetry
{
    private static readonly int[] s_waits = [20, 50, 100, 250, 500, 1000, 2000];

    /// <summary>For a consumer on the bus.</summary>
    public static void Configure(IRetryConfigurator retry)
    {
        retry.Intervals(s_waits);
        retry.Handle<Exception>(DatabaseFailures.IsTransient);
        retry.Ignore<BatchRefusedException>();
        retry.Ignore<AlreadyHandledException>();
    }

    /// <summary>For work that somebody waits for. Each try opens a scope of its own.</summary>
    public static async Task<T> RunAsync<T>(Func<Task<T>> once, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
            try
            {
                return await once();
            }
            catch (Exception failure) when (tries < s_waits.Length && DatabaseFailures.IsTransient(failure) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(s_waits[tries]), TimeProvider.System, cancellationToken);
            }
    }
}
