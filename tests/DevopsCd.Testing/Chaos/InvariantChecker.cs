using DevopsCd.Testing.Fakes;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// Checks the invariants (infra/rules.md) that can be seen from outside, in the database, the broker and the fake deploy service's log.
/// Every violation is one line that begins with the invariant's name.
/// </summary>
public sealed class InvariantChecker(PostgresDatabase database, FakeDeployService? deployService = null, RabbitVirtualHost? broker = null,
    int concurrentApps = 5)
{
    /// <summary>The table of transitions as data: what each accepted event may do. `deploy_stopped` is R6's, rollbacks are R19's.</summary>
    private static readonly HashSet<(string Event, string From, string To)> s_legal =
    [
        ("approve", "PendingApproval", "Approved"),
        ("cancel", "Approved", "Cancelled"),
        ("cancel", "PendingApproval", "Cancelled"),
        ("cancel", "PreDeployed", "Cancelled"),
        ("cancel", "PreDeploying", "PreDeploying"),
        ("cancel", "Sealed", "Cancelled"),
        ("confirm_tag", "Approved", "Sealed"),
        ("deploy_stopped", "PreDeploying", "Cancelled"),
        ("final_accept", "ProdDeployed", "FinalAccepted"),
        ("pre_deploy_completed", "PreDeploying", "PreDeployed"),
        ("pre_deploy_failed", "PreDeploying", "Sealed"),
        ("prod_deploy_completed", "ProdDeploying", "ProdDeployed"),
        ("prod_deploy_failed", "ProdDeploying", "PreDeployed"),
        ("prod_deploy_stopped", "ProdDeploying", "ProdRollingBack"),
        ("prod_rollback_completed", "ProdRollingBack", "PreDeployed"),
        ("prod_rollback_failed", "ProdRollingBack", "PreDeployed"),
        ("reject", "PendingApproval", "Rejected"),
        ("start_pre_deploy", "Sealed", "PreDeploying"),
        ("start_prod_deploy", "PreDeployed", "ProdDeploying"),
        ("start_prod_rollback", "PreDeployed", "ProdRollingBack"),
        ("start_prod_rollback", "ProdDeployed", "ProdRollingBack"),
        ("start_prod_rollback", "ProdDeploying", "ProdDeploying"),
    ];

    private static readonly Dictionary<string, short> s_codes = new()
    {
        ["PendingApproval"] = 0,
        ["Approved"] = 5,
        ["Rejected"] = 6,
        ["Sealed"] = 11,
        ["PreDeploying"] = 21,
        ["PreDeployed"] = 22,
        ["ProdDeploying"] = 31,
        ["ProdDeployed"] = 32,
        ["ProdRollingBack"] = 33,
        ["FinalAccepted"] = 40,
        ["Cancelled"] = 90,
    };

    private static readonly HashSet<string> s_ends = ["Rejected", "FinalAccepted", "Cancelled"];

    /// <summary>I1, I2, I5, I6, I7 and I9: hold at every moment.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        var violations = new List<string>();
        var audits = (await AuditsAsync().ConfigureAwait(false)).ToLookup(row => row.BatchId);
        foreach (var (id, status, version) in await BatchesAsync().ConfigureAwait(false)) violations.AddRange(Audit(id, status, version, [.. audits[id]]));
        violations.AddRange(await InFlightRowsAsync().ConfigureAwait(false));
        if (deployService is not null) violations.AddRange(await DeployedAsync(deployService, audits).ConfigureAwait(false));
        return violations;
    }

    /// <summary>I12: at rest nothing is left in outbox, locks or unacknowledged. Waits until it is so, then reports what stayed.</summary>
    public async Task<IReadOnlyList<string>> CheckAtRestAsync(TimeSpan? within = null)
    {
        try
        {
            return await Eventually.Sees(LeftAsync, left => left.Count == 0, "nothing left at rest", within).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return await LeftAsync().ConfigureAwait(false);
        }
    }

    /// <summary>R25: what runs where is what the last operation brought that succeeded there, whichever host saw it succeed. Waits until it is so.</summary>
    public async Task<IReadOnlyList<string>> CheckLiveVersionsAsync(TimeSpan within)
    {
        try
        {
            return await Eventually.Sees(WrongAsync, wrong => wrong.Count == 0, "what runs where is known", within).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return await WrongAsync().ConfigureAwait(false);
        }

        Task<IReadOnlyList<string>> WrongAsync() => database.QueryAsync<string>(
            """
            select 'R25 ' || d.application || ' in ' || d.cluster || ' runs by ' || d.operation_id || ', and not by ' || coalesce(v.operation_id, 'none')
            from deployments d join batch_releases r on r.id = d.release_id
            left join live_versions v on v.application_id = r.app_id and v.cluster = d.cluster and (v.stage = 'pre') = (d.stage = 'pre')
            where d.id in (select max(x.id) from deployments x join batch_releases y on y.id = x.release_id where x.status = 'succeeded'
              group by y.app_id, x.stage = 'pre', x.cluster) and v.operation_id is distinct from d.operation_id
            """);
    }

    private static IEnumerable<string> Audit(long batch, short status, int version, IReadOnlyList<AuditRow> rows)
    {
        var accepted = rows.Where(row => row.Outcome == "accepted").OrderBy(row => row.Version).ToList();
        var state = "PendingApproval";
        var expected = 0;

        foreach (var row in accepted)
        {
            if (row.Version != ++expected) yield return $"I1 batch {batch}: version {row.Version} follows {expected - 1} in the audit";
            if (s_ends.Contains(state)) yield return $"I9 batch {batch}: {row.Event} was accepted after {state}";
            if (row.From != state) yield return $"I1 batch {batch}: {row.Event} starts from {row.From}, but the batch was in {state}";
            if (!s_legal.Contains(
                (row.Event, row.From ?? "", row.To ?? ""))) yield return $"I1 batch {batch}: {row.Event} from {row.From} to {row.To} is not in the table";
            state = row.To ?? state;
            expected = row.Version;
        }

        if (s_codes[state] != status) yield return $"I1 batch {batch}: the audit ends in {state}, the batch is in {status}";
        if (expected != version) yield return $"R12 batch {batch}: version {version}, accepted events {expected}";
    }

    private async Task<IEnumerable<string>> InFlightRowsAsync()
    {
        var rows = await database.QueryAsync(
            // What was given up takes its place until the deploy service says that it runs no more.
            "select batch_id, started_at, coalesce(settled_at, case when may_run then 'infinity' else finished_at end, 'infinity') from deployments",
            row => (Batch: row.GetInt64(0), Start: row.GetFieldValue<DateTime>(1), End: row.GetFieldValue<DateTime>(2))).ConfigureAwait(false);
        return rows.GroupBy(row => row.Batch)
            .Select(batch => (Batch: batch.Key, Most: Overlap.Most(batch.Select(row => (row.Start, row.End)))))
            .Where(batch => batch.Most > concurrentApps)
            .Select(batch => $"I7 batch {batch.Batch}: {batch.Most} operations in flight by its rows, {concurrentApps} allowed");
    }

    private async Task<IEnumerable<string>> DeployedAsync(FakeDeployService service, ILookup<long, AuditRow> audits)
    {
        var violations = new List<string>();
        var rows = (await database.QueryAsync(
            """
            select d.operation_id, d.batch_id, d.application, d.stage, d.cluster, d.attempt, d.image,
                   r.image_name || ':' || r.image_tag || coalesce('@' || r.image_digest, '')
            from deployments d join batch_releases r on r.id = d.release_id
            """,
            row => new DeploymentRow(row.GetString(0), row.GetInt64(1), row.GetString(2), $"{row.GetValue(3)}", row.GetString(4), row.GetInt32(5),
                row.GetString(6), row.IsDBNull(7) ? "" : row.GetString(7)))
            .ConfigureAwait(false)).ToDictionary(row => row.OperationId);

        foreach (var operation in service.Operations)
        {
            if (!rows.TryGetValue(operation.OperationId, out var row))
            {
                violations.Add($"I2 {operation.OperationId}: deployed, but no row knows it");
                continue;
            }

            if (operation.Request.Image != row.Image) violations.Add(
                $"I5 {operation.OperationId}: {operation.Request.Image} was sent, the row says {row.Image}");
            if (row.Image != row.Sealed) violations.Add($"I5 {operation.OperationId}: {row.Image} was deployed, {row.Sealed} was sealed");
            violations.AddRange(Permission(operation, audits[row.BatchId]));
        }

        violations.AddRange(service.Calls.Where(call => call is { Verb: "submit", Status: 409 })
            .Select(call => $"I2 {call.OperationId}: sent again with another body"));
        violations.AddRange(service.Operations.Where(operation => rows.ContainsKey(operation.OperationId))
            .GroupBy(operation => (operation.Request.Cluster, operation.Request.Namespace, operation.Request.Workload.Kind, operation.Request.Workload.Name,
                operation.Request.Workload.Container))
            .Where(same => service.MostInFlight(operation => same.Contains(operation)) > 1)
            .Select(same => $"I2 {same.Key}: two operations at once"));
        violations.AddRange(service.Operations.Where(operation => rows.ContainsKey(operation.OperationId))
            .GroupBy(operation => rows[operation.OperationId].BatchId)
            .Select(batch => (Batch: batch.Key, Most: service.MostInFlight(operation => batch.Contains(operation))))
            .Where(batch => batch.Most > concurrentApps)
            .Select(batch => $"I7 batch {batch.Batch}: {batch.Most} operations in flight at the deploy service, {concurrentApps} allowed"));
        return violations;
    }

    // I6: a production call follows an approval and a person's start; I9: none follows the end.
    private static IEnumerable<string> Permission(FakeOperation operation, IEnumerable<AuditRow> audit)
    {
        var before = audit.Where(row => row.Outcome == "accepted" && row.At <= operation.StartedAt).ToList();
        if (operation.Request.Stage == "prod" && !before.Any(row => row.Event == "start_prod_deploy" && row.Source is "http" or "message"))
            yield return $"I6 {operation.OperationId}: production without a person's start";
        if (!before.Any(row => row.Event == "approve")) yield return $"I6 {operation.OperationId}: deployed without an approval";
        if (before.Any(row => s_ends.Contains(row.To ?? ""))) yield return $"I9 {operation.OperationId}: deployed after the end";
    }

    private async Task<IReadOnlyList<string>> LeftAsync()
    {
        var left = new List<string>();
        foreach (var table in await database.QueryAsync<string>(
            "select tablename::text from pg_tables where schemaname = 'public' and tablename like 'outbox%'").ConfigureAwait(false))
            if (await database.ScalarAsync<long>($"select count(*) from {table}").ConfigureAwait(false) is > 0 and var rows)
                left.Add($"I12 {rows} rows in {table}");
        if (await database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'")
            .ConfigureAwait(false) is > 0 and var open)
            left.Add($"I12 {open} open transactions");
        if (await database.ScalarAsync<long>("select count(*) from pg_prepared_xacts where database = current_database()").ConfigureAwait(false) is > 0
            and var prepared)
            left.Add($"I12 {prepared} prepared transactions");
        if (await database.ScalarAsync<long>("select count(*) from deployments where may_run").ConfigureAwait(false) is > 0 and var running)
            left.Add($"I12 {running} operations may still run");
        if (broker is not null)
            left.AddRange((await broker.QueuesAsync().ConfigureAwait(false))
                .Where(queue => queue.Ready + queue.Unacked > 0 && !queue.Name.StartsWith("tap-", StringComparison.Ordinal))
                .Select(queue => $"I12 queue {queue.Name}: {queue.Ready} ready, {queue.Unacked} unacknowledged"));
        return left;
    }

    private Task<IReadOnlyList<AuditRow>> AuditsAsync() => database.QueryAsync(
        "select batch_id, event, outcome::text, from_state, to_state, source, version, at from batch_events where batch_id is not null order by id",
        row => new AuditRow(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4),
            row.GetString(5), row.GetInt32(6), row.GetFieldValue<DateTimeOffset>(7)));

    private Task<IReadOnlyList<(long Id, short Status, int Version)>> BatchesAsync() =>
        database.QueryAsync("select id, status, version from batches order by id", row => (row.GetInt64(0), row.GetInt16(1), row.GetInt32(2)));

    private sealed record AuditRow(long BatchId, string Event, string Outcome, string? From, string? To, string Source, int Version, DateTimeOffset At);

    private sealed record DeploymentRow(string OperationId, long BatchId, string Application, string Stage, string Cluster, int Attempt, string Image,
        string Sealed);
}
