using System.Text;
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
internal sealed class DeliveryStore(IServiceScopeFactory scopes, WakeSignal<WebhookDelivery> signal, TimeProvider clock, ILogger<DeliveryStore> log)
    : BackgroundService
{
    private const int MostTogether = 200;

    /// <summary>So many in a second are a storm.</summary>
    private const int Storm = 200;

    private const string Into =
        "INSERT INTO webhook_deliveries (source, delivery_id, received_at, next_attempt_at, headers, body, body_hash, status, attempts)";

    private const string OnConflict =
        """
        ON CONFLICT (source, delivery_id, body_hash) DO UPDATE
        SET status = 'pending', attempts = 0, headers = excluded.headers, next_attempt_at = excluded.next_attempt_at, outcome = NULL, processed_at = NULL
        WHERE webhook_deliveries.status IN ('failed', 'ignored', 'unmatched')
        """;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(10_000) { SingleReader = true });

    private volatile Second _second = new(0, 0);

    /// <summary>
    /// Whether senders come by the hundred or queue for an answer; reading what is stored can wait then. The queue alone does not tell:
    /// while the machine keeps up it is short, and reading would be what makes it long.
    /// </summary>
    public bool IsPressed =>
        _waiting.Reader.Count > 10 || (_second is var second && second.Stored > Storm && clock.GetElapsedTime(second.Since) < TimeSpan.FromSeconds(2));

    /// <summary>
    /// Returns when the delivery is durable. Sent again with the same body it changes nothing, unless it came to nothing: then it is read anew,
    /// because whoever sends it again has mended a rule or registered an application meanwhile. Another body under its id is another delivery.
    /// </summary>
    public async Task StoreAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
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
            Count(together.Count);
            await WriteAsync(together, stoppingToken);
            together.Clear();
        }
    }

    // Only the one writer counts. A second that begins keeps the rate of the one before until it has its own.
    private void Count(int stored)
    {
        var (second, now) = (_second, clock.GetTimestamp());
        var age = clock.GetElapsedTime(second.Since, now);
        _second = age < TimeSpan.FromSeconds(1) ? second with { Stored = second.Stored + stored }
            : new Second(now, age < TimeSpan.FromSeconds(2) && second.Stored > Storm ? Storm + stored : stored);
    }

    private async Task WriteAsync(List<Waiting> together, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var (sql, values) = Insert(db, together);
            await db.Database.ExecuteSqlRawAsync(sql, values, cancellationToken);
            together.ForEach(w => w.Done.TrySetResult());
            signal.Raise();
        }
        catch (Exception exception)
        {
            log.NotStored(together.Count, exception);
            together.ForEach(w => w.Done.TrySetException(exception));
        }
    }

    // Entity Framework's own insert knows no "do nothing on conflict". PostgreSQL gets columns and not cells: the same statement and six
    // values for any number of rows, where building and reading a statement of its own for each number costs more than the rows.
    private static (string Sql, object[] Values) Insert(CdDbContext db, List<Waiting> together)
    {
        var rows = together.Select(w => w.Delivery).DistinctBy(d => (d.Source, d.DeliveryId, d.BodyHash)).ToList();
        return db.Database.IsNpgsql() ? Columns(rows) : Cells(db, rows);
    }

    private static (string Sql, object[] Values) Columns(List<WebhookDelivery> rows) => (
        $"{Into} SELECT source, delivery_id, at, at, headers, body, body_hash, 'pending', 0 " +
        $"FROM unnest({{0}}, {{1}}, {{2}}, {{3}}, {{4}}, {{5}}) AS r (source, delivery_id, at, headers, body, body_hash) {OnConflict}",
        [
            rows.ConvertAll(d => d.Source).ToArray(), rows.ConvertAll(d => d.DeliveryId).ToArray(),
                rows.ConvertAll(d => d.ReceivedAt.ToUniversalTime()).ToArray(),
            rows.ConvertAll(d => d.Headers).ToArray(), rows.ConvertAll(d => d.Body).ToArray(), rows.ConvertAll(d => d.BodyHash).ToArray()
        ]);

    private static (string Sql, object[] Values) Cells(CdDbContext db, List<WebhookDelivery> rows)
    {
        var sql = new StringBuilder($"{Into} VALUES ");
        var values = new List<object>(rows.Count * 6);
        foreach (var delivery in rows)
        {
            var at = values.Count;
            sql.Append(at == 0 ? "" : ", ")
                .Append($"({{{at}}}, {{{at + 1}}}, {{{at + 2}}}, {{{at + 2}}}, {{{at + 3}}}, {{{at + 4}}}, {{{at + 5}}}, 'pending', 0)");
            values.AddRange([delivery.Source, delivery.DeliveryId, DeliveryTime.Of(db, delivery.ReceivedAt), delivery.Headers, delivery.Body,
                delivery.BodyHash]);
        }

        return (sql.Append(' ').Append(OnConflict).ToString(), values.ToArray());
    }

    private sealed record Second(long Since, int Stored);

    private sealed record Waiting(WebhookDelivery Delivery, TaskCompletionSource Done);
}
