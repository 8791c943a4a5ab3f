using DevopsCd.Core.Data;
using DevopsCd.Host.Api;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.AspNetCore.Hosting.Server;

namespace DevopsCd.Host.Starting;

/// <summary>
/// Stands between the web server and everything that works with the database. It waits for a database that is away, with the server already
/// answering who asks for its health; and at the end it stops the server before the others, which work for its requests.
/// </summary>
internal sealed class DatabaseStart(IServiceProvider services, StartState state, IServer server, TimeProvider clock, ILogger<DatabaseStart> log)
    : IHostedLifecycleService
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lastRequests = TimeSpan.FromSeconds(3);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
            try
            {
                await SchemaMigration.MigrateAsync(services, cancellationToken);
                state.Finish();
                return;
            }
            catch (Exception failure) when (failure is not StartRefusedException && DatabaseFailures.IsOutage(failure)
                && !cancellationToken.IsCancellationRequested)
            {
                string words = DatabaseWords.Of(failure);
                if (state.WaitsBecause != words)
                    log.StartWaits(failure.GetBaseException().Message);
                state.Wait(words);
                await Task.Delay(Backoff.After(failures, s_firstWait, s_longestWait), clock, cancellationToken);
            }
            catch (Exception failure) when (cancellationToken.IsCancellationRequested && failure is not OperationCanceledException)
            {
                throw new OperationCanceledException("The start was ended while it waited for the database", failure, cancellationToken);
            }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_lastRequests, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        await server.StopAsync(either.Token);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
