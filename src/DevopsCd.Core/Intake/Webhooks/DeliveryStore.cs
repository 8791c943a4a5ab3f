using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>
/// Writes deliveries. Whoever brings one waits until it is committed; those that wait together are committed together, so that a storm
/// costs some tens of transactions a second and not a thousand.
/// </summary>
internal sealed class DeliveryStore(IServiceScopeFactory scopes, DeliverySignal signal, ILogger<DeliveryStore> log) : BackgroundService
{
    private const int MostTogether = 200;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(10_000) { SingleReader = true });

    /// <summary>Whether senders queue for an answer; reading what is stored can wait then.</summary>
    public bool IsPressed => _waiting.Reader.Count > 10;

    /// <summary>
    /// Returns when the delivery is durable. Sent again it changes nothing, unless it came to nothing: then it is read anew, because
    /// whoever sends it again has mended a rule or registered an application meanwhile.
    /// </summary>
    public async Task Store(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(delivery, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _waiting.Writer.WriteAsync(waiting, cancellationToken);
        await waiting.Done.Task.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var together = new List<Waiting>(MostTogether);
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            while (together.Count < MostTogether && _waiting.Reader.TryRead(out var next))
                together.Add(next);
            await Write(together, stoppingToken);
            together.Clear();
        }
    }

    private async Task Write(List<Waiting> together, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var (sql, values) = Insert(db, together);
            await db.Database.ExecuteSqlRawAsync(sql, values, cancellationToken);
            together.ForEach(w => w.Done.TrySetResult());
            signal.Ring();
        }
        catch (Exception exception)
        {
            log.NotStored(together.Count, exception);
            together.ForEach(w => w.Done.TrySetException(exception));
        }
    }

    // One statement of both databases; Entity Framework's own insert knows no "do nothing on conflict".
    private static (string Sql, object[] Values) Insert(CdDbContext db, List<Waiting> together)
    {
        var sql = new StringBuilder(
            "INSERT INTO webhook_deliveries (source, delivery_id, received_at, next_attempt_at, headers, body, status, attempts) VALUES ");
        var values = new List<object>(together.Count * 5);
        foreach (var delivery in together.Select(w => w.Delivery).DistinctBy(d => (d.Source, d.DeliveryId)))
        {
            var at = values.Count;
            sql.Append(at == 0 ? "" : ", ").Append($"({{{at}}}, {{{at + 1}}}, {{{at + 2}}}, {{{at + 2}}}, {{{at + 3}}}, {{{at + 4}}}, 'pending', 0)");
            values.AddRange([delivery.Source, delivery.DeliveryId, DeliveryTime.Of(db, delivery.ReceivedAt), delivery.Headers, delivery.Body]);
        }

        sql.Append("""
             ON CONFLICT (source, delivery_id) DO UPDATE
            SET status = 'pending', attempts = 0, next_attempt_at = excluded.next_attempt_at, outcome = NULL, processed_at = NULL
            WHERE webhook_deliveries.status IN ('failed', 'unmatched')
            """);
        return (sql.ToString(), values.ToArray());
    }

    private sealed record Waiting(WebhookDelivery Delivery, TaskCompletionSource Done);
}
