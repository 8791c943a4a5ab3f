using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using DevopsCd.Shared;
using MassTransit;
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
    IServiceScopeFactory scopes, WebhookSources sources, BuildMatcher matcher, DeliveryStore store, WakeSignal<WebhookDelivery> signal,
    WorkWatch watch, TimeProvider clock, ILogger<DeliveryProcessor> log) : BackgroundService
{
    private const int Together = 50;

    private const int SideBySide = 4;

    private const int MostAttempts = 6;

    /// <summary>Builds that rules may make of one webhook.</summary>
    private const int MostBuilds = 1000;

    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(64);

    /// <summary>Works off what is due; returns how many deliveries it took.</summary>
    public async Task<int> ProcessAsync(CancellationToken cancellationToken)
    {
        using var turn = watch.Begin("the reading of webhooks", s_atMost);
        var (claimed, isNpgsql) = await ClaimAsync(cancellationToken);
        if (claimed.Count == 0)
            return 0;
        var applications = await ApplicationsAsync(cancellationToken);
        // Side by side: one that waits for a registry must not make the others wait. SQLite has one writer anyway.
        var together = new ParallelOptions { MaxDegreeOfParallelism = isNpgsql ? SideBySide : 1, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(claimed, together, async (delivery, stop) => await ProcessAsync(delivery, applications, stop));
        return claimed.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var woken = signal.Next;
            try
            {
                while (await ProcessAsync(stoppingToken) > 0)
                    await YieldAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The database is away; what is stored waits.
                log.ProcessorWaits(exception.GetBaseException().Message);
            }

            await WakeSignal<WebhookDelivery>.WaitAsync(woken, s_look, clock, stoppingToken);
        }
    }

    // Senders give up after seconds, reading has all day; but a storm without end must not stop it altogether.
    private async Task YieldAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < 20 && store.IsPressed; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
    }

    private async Task<(List<WebhookDelivery> Deliveries, bool IsNpgsql)> ClaimAsync(CancellationToken cancellationToken)
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

    private async Task<List<KnownApplication>> ApplicationsAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CdDbContext>().Applications.AsNoTracking()
            .Select(a => new KnownApplication(a.Name, a.Repository)).ToListAsync(cancellationToken);
    }

    private async Task ProcessAsync(WebhookDelivery delivery, IReadOnlyList<KnownApplication> applications, CancellationToken cancellationToken)
    {
        try
        {
            var (status, outcome) = await WorkAsync(delivery, applications, cancellationToken);
            await DecideAsync(delivery, status, outcome, cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or BatchRefusedException)
        {
            await DecideAsync(delivery, DeliveryStatus.Failed, unreadable.Message, cancellationToken);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // A registry that does not answer, a conflict, a database that is away: this one again later, the others now.
            // An outage of the database says nothing about the delivery, however often it is met.
            if (delivery.Attempts < MostAttempts || DatabaseFailures.IsOutage(failed))
                await LaterAsync(delivery, failed.GetBaseException().Message, cancellationToken);
            else
                await DecideAsync(delivery, DeliveryStatus.Failed, failed.GetBaseException().Message, cancellationToken);
        }
    }

    private async Task<(DeliveryStatus Status, string Outcome)> WorkAsync(
        WebhookDelivery delivery, IReadOnlyList<KnownApplication> applications, CancellationToken cancellationToken)
    {
        var request = new WebhookRequest(JsonSerializer.Deserialize<Dictionary<string, string>>(delivery.Headers)!, delivery.Body, delivery.ReceivedAt);
        var reading = sources[delivery.Source]!.Read(request);
        if (reading.Ignored is { } why)
            return (DeliveryStatus.Ignored, why);

        var matches = reading.Builds.Select(b => matcher.Match(delivery.Source, b, applications)).ToList();
        if (matches.Sum(m => m.Builds.Count) is > MostBuilds and var many)
            throw new FormatException($"the rules make {many} builds of this webhook; {MostBuilds} are taken");
        var (stored, refused) = (new List<string>(), new List<string>());
        foreach (var build in matches.SelectMany(m => m.Builds))
            // One application's wrong tag does not lose the others of the same webhook.
            if (BuildRules.Refusal(build) is { } refusal)
                refused.Add(refusal);
            else
                stored.Add(await StoreAsync(build, delivery, cancellationToken));
        var missing = matches.SelectMany(m => m.Problems).ToList();
        string[] said = [.. stored, .. refused, .. missing, .. matches.SelectMany(m => m.Ignored), .. matches.SelectMany(m => m.Notes)];
        var status = stored.Count > 0 ? DeliveryStatus.Applied
            : refused.Count > 0 ? DeliveryStatus.Failed
            : missing.Count > 0 || said.Length == 0 ? DeliveryStatus.Unmatched
            : DeliveryStatus.Ignored;
        return (status, said.Length == 0 ? "no rule and no application's repository matches" : string.Join("; ", said.Distinct(StringComparer.Ordinal)));
    }

    private async Task<string> StoreAsync(BuildCompleted build, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var digest = build.ImageDigest;
        var resolver = scope.ServiceProvider.GetRequiredService<DigestResolver>();
        if (digest is null && build.Status == BuildStatus.Success && resolver.Knows(build.ImageName)
            && !await IsKnownAsync(scope.ServiceProvider, build, cancellationToken))
            digest = await ResolveAsync(resolver, build, delivery, cancellationToken);
        var result = await scope.ServiceProvider.GetRequiredService<BuildIntake>()
            .TakeAsync(build with { ImageDigest = digest }, EventSource.Http, cancellationToken);
        return $"{build.Application} {result.BuildNumber} {EnumNames<BuildStatus>.Of(build.Status)}"
            + (result.Known ? " (known)" : "") + (result.Matched ? "" : " (unmatched)") + string.Concat(result.Notes.Select(n => $", {n}"));
    }

    // The same word told again: its tag may stand for something later by now.
    private static Task<bool> IsKnownAsync(IServiceProvider services, BuildCompleted build, CancellationToken cancellationToken) =>
        services.GetRequiredService<CdDbContext>().Builds.AnyAsync(
            b => b.ApplicationName == build.Application && b.RunNumber == build.BuildNumber && b.Attempt == (build.Attempt ?? 1)
                && b.BuildStatus == BuildStatus.Success &&
                b.ImageDigest != null && b.FinishedAt != null && b.FinishedAt == build.FinishedAt && b.ImageName == build.ImageName
                    && b.ImageTag == build.ImageTag,
            cancellationToken);

    private static async Task<string?> ResolveAsync(DigestResolver resolver, BuildCompleted build, WebhookDelivery delivery,
        CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.ResolveAsync(build.ImageName, build.ImageTag, cancellationToken);
        }
        catch (HttpRequestException) when (delivery.Attempts >= MostAttempts)
        {
            // The build is worth more than its digest: sealing takes the tag then.
            return null;
        }
    }

    // Like Later only by whoever claimed it last: one who was frozen for longer than the lease comes with yesterday's outcome.
    private async Task DecideAsync(WebhookDelivery delivery, DeliveryStatus status, string outcome, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var text = Shown(outcome);
        var now = clock.GetUtcNow();
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<WebhookDelivery>()
            .Where(d => d.Id == delivery.Id && d.Attempts == delivery.Attempts)
            .ExecuteUpdateAsync(
                set => set.SetProperty(d => d.Status, status).SetProperty(d => d.Outcome, text).SetProperty(d => d.ProcessedAt, now), cancellationToken);
        log.Decided(delivery.Source, delivery.DeliveryId, status.ToString(), text);
    }

    private async Task LaterAsync(WebhookDelivery delivery, string why, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var next = clock.GetUtcNow() + Backoff.After(delivery.Attempts, s_firstWait, s_longestWait);
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<WebhookDelivery>()
            .Where(d => d.Id == delivery.Id && d.Attempts == delivery.Attempts)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAttemptAt, next).SetProperty(d => d.Outcome, Shown(why)), cancellationToken);
    }

    private static string Shown(string text) => (text.Length > 2000 ? text[..2000] : text).Replace('\0', '\uFFFD');
}
