using Microsoft.Extensions.Hosting;
using Quartz;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// Lets one instance at a time bring its jobs and triggers into the shared store. Quartz looks and then writes, without a lock of its own: of
/// two instances that start together on an empty store the second would fail on a duplicate, and its scheduler cannot be started again.
/// </summary>
internal sealed class ScheduleStart(ISchedulerFactory schedulers, QuartzMessageSchedulerOptions options, TimeProvider clock) : IHostedService
{
    /// <summary>Takes the turn until the end of the transaction, which the server ends if its client dies.</summary>
    internal const string TakeTurn = "SELECT pg_advisory_xact_lock(hashtext('devopscd schedule start'), hashtext(current_schema()))";

    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(200);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.PostgresConnectionString is not { } connectionString)
            return;
        await using var turn = await TurnAsync(connectionString, cancellationToken).ConfigureAwait(false);
        await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<ScheduleTurn> TurnAsync(string connectionString, CancellationToken cancellationToken)
    {
        while (true)
            try
            {
                return await ScheduleTurn.TakeAsync(connectionString, TakeTurn, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested
                && DatabaseFailures.Of(failure) is not (DatabaseFailure.None or DatabaseFailure.Denied))
            {
                await Task.Delay(s_wait, clock, cancellationToken).ConfigureAwait(false);
            }
    }
}
