using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>
/// Turns stored deliveries into builds. A delivery is claimed by moving its next attempt into the future: nobody else takes it meanwhile,
/// and after a crash it is taken again. Storing a build twice changes nothing, so "at least once" is enough.
/// </summary>
internal sealed class DeliveryProcessor(
    IServiceScopeFactory scopes, WebhookSources sources, BuildMatcher matcher, WebhookOptions options, DeliveryStore store, DeliverySignal signal,
    TimeProvider clock, ILogger<DeliveryProcessor> log) : BackgroundService
{
    private const int Together = 50;

    private const int SideBySide = 4;

    private const int MostAttempts = 6;

    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private DateTimeOffset _nextCleaning;

    /// <summary>Works off what is due; returns how many deliveries it took.</summary>
    public async Task<int> Process(CancellationToken cancellationToken)
    {
        var (claimed, isNpgsql) = await Claim(cancellationToken);
        if (claimed.Count == 0)
            return 0;
        var applications = await Applications(cancellationToken);
        // Side by side: one that waits for a registry must not make the others wait. SQLite has one writer anyway.
        var together = new ParallelOptions { MaxDegreeOfParallelism = isNpgsql ? SideBySide : 1, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(claimed, together, async (delivery, stop) => await Process(delivery, applications, stop));
        return claimed.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await Process(stoppingToken) > 0)
                    await Yield(stoppingToken);

                await Clean(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The database is away; what is stored waits.
                log.ProcessorWaits(exception.GetBaseException().Message);
            }

            await signal.Wait(s_look, stoppingToken);
        }
    }

    // Senders give up after seconds, reading has all day; but a storm without end must not stop it altogether.
    private async Task Yield(CancellationToken cancellationToken)
    {
        for (var i = 0; i < 20 && store.IsPressed; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
    }

    private async Task<(List<WebhookDelivery> Deliveries, bool IsNpgsql)> Claim(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var now = clock.GetUtcNow();
        object[] values = [DeliveryTime.Of(db, now + s_lease), DeliveryTime.Of(db, now), Together];
        var skipLocked = db.Database.IsNpgsql() ? "FOR UPDATE SKIP LOCKED" : "";
        var sql = $$"""
            UPDATE webhook_deliveries SET next_attempt_at = {0}, attempts = attempts + 1 WHERE id IN (
              SELECT id FROM webhook_deliveries WHERE status = 'pending' AND next_attempt_at <= {1} ORDER BY id LIMIT {2} {{skipLocked}})
            RETURNING *
            """;
        var claimed = await db.Set<WebhookDelivery>().FromSqlRaw(sql, values).AsNoTracking().ToListAsync(cancellationToken);
        return ([.. claimed.OrderBy(d => d.Id)], db.Database.IsNpgsql());
    }

    private async Task<List<KnownApplication>> Applications(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CdDbContext>().Applications.AsNoTracking()
            .Select(a => new KnownApplication(a.Name, a.Repository, a.DefaultBranch)).ToListAsync(cancellationToken);
    }

    private async Task Process(WebhookDelivery delivery, IReadOnlyList<KnownApplication> applications, CancellationToken cancellationToken)
    {
        try
        {
            var (status, outcome) = await Work(delivery, applications, cancellationToken);
            await Decide(delivery, status, outcome, cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or BatchRefused)
        {
            await Decide(delivery, DeliveryStatus.Failed, unreadable.Message, cancellationToken);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // A registry that does not answer, a conflict, a database that is away: this one again later, the others now.
            if (delivery.Attempts < MostAttempts)
                await Later(delivery, failed.GetBaseException().Message, cancellationToken);
            else
                await Decide(delivery, DeliveryStatus.Failed, failed.GetBaseException().Message, cancellationToken);
        }
    }

    private async Task<(DeliveryStatus Status, string Outcome)> Work(
        WebhookDelivery delivery, IReadOnlyList<KnownApplication> applications, CancellationToken cancellationToken)
    {
        var request = new WebhookRequest(JsonSerializer.Deserialize<Dictionary<string, string>>(delivery.Headers)!, delivery.Body, delivery.ReceivedAt);
        var reading = sources[delivery.Source]!.Read(request);
        if (reading.Ignored is { } why)
            return (DeliveryStatus.Ignored, why);

        var matches = reading.Builds.Select(b => matcher.Match(delivery.Source, b, applications)).ToList();
        var stored = new List<string>();
        foreach (var build in matches.SelectMany(m => m.Builds))
            stored.Add(await Store(build, delivery, cancellationToken));
        var problems = matches.SelectMany(m => m.Problems).ToList();
        if (stored.Count == 0)
            return (DeliveryStatus.Unmatched, problems.Count > 0 ? string.Join("; ", problems) : "no rule and no application's repository matches");
        return (DeliveryStatus.Applied, string.Join("; ", stored.Concat(problems)));
    }

    private async Task<string> Store(BuildCompleted build, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var digest = build.ImageDigest;
        var resolver = scope.ServiceProvider.GetRequiredService<DigestResolver>();
        if (digest is null && build.Status == BuildStatus.Success && resolver.Knows(build.ImageName))
            digest = await Resolve(resolver, build, delivery, cancellationToken);
        var result = await scope.ServiceProvider.GetRequiredService<BuildIntake>()
            .Take(build with { ImageDigest = digest }, EventSource.Http, cancellationToken);
        return $"{build.Application} {build.BuildNumber} {SnakeCaseConverter<BuildStatus>.Name(build.Status)}"
            + (result.Known ? " (known)" : "") + (result.Matched ? "" : " (unmatched)");
    }

    private static async Task<string?> Resolve(DigestResolver resolver, BuildCompleted build, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.Resolve(build.ImageName, build.ImageTag, cancellationToken);
        }
        catch (HttpRequestException) when (delivery.Attempts >= MostAttempts)
        {
            // The build is worth more than its digest: sealing takes the tag then.
            return null;
        }
    }

    private async Task Decide(WebhookDelivery delivery, DeliveryStatus status, string outcome, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var text = (outcome.Length > 2000 ? outcome[..2000] : outcome).Replace('\0', '\uFFFD');
        var now = clock.GetUtcNow();
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<WebhookDelivery>()
            .Where(d => d.Id == delivery.Id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(d => d.Status, status).SetProperty(d => d.Outcome, text).SetProperty(d => d.ProcessedAt, now), cancellationToken);
        log.Decided(delivery.Source, delivery.DeliveryId, status.ToString(), text);
    }

    private async Task Later(WebhookDelivery delivery, string why, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var next = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Pow(2, delivery.Attempts));
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<WebhookDelivery>()
            .Where(d => d.Id == delivery.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAttemptAt, next).SetProperty(d => d.Outcome, why), cancellationToken);
    }

    private async Task Clean(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now < _nextCleaning)
            return;
        _nextCleaning = now.AddHours(1);
        var old = now - options.Retention.Value;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<WebhookDelivery>()
            .Where(d => d.ProcessedAt < old).ExecuteDeleteAsync(cancellationToken);
    }
}
