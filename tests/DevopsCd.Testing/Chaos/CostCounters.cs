using System.Diagnostics;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>Where the counters of host, PostgreSQL and broker stand.</summary>
internal readonly record struct CostCounters(long At, double HostMs, double PostgresMs, double BrokerMs, double Transactions, double Statements, double Rows,
    double WalKib, double StoredKib)
{
    private const string Counted =
        $"""
        select s.xact_commit::float8, (s.tup_inserted + s.tup_updated + s.tup_deleted)::float8,
            pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 / 1024,
            (select sum(pg_total_relation_size(oid)) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace)::float8 / 1024,
            (select coalesce(sum(calls), 0) from pg_stat_statements where dbid = s.datid and query not like '{CostProbe.Mark}%')::float8
        from pg_stat_database as s where datname = current_database()
        """;

    public static async Task<CostCounters> ReadAsync(IEnumerable<HostProcess> hosts, PostgresServer server, RabbitServer broker, CostProbe probe)
    {
        var (transactions, rows, wal, stored, statements) = (await probe.QueryAsync(Counted,
            row => (row.GetDouble(0), row.GetDouble(1), row.GetDouble(2), row.GetDouble(3), row.GetDouble(4))).ConfigureAwait(false)).Single();
        return new(Stopwatch.GetTimestamp(), hosts.Sum(host => host.ProcessorTime.TotalMilliseconds), server.ProcessorTime.TotalMilliseconds,
            broker.ProcessorTime.TotalMilliseconds, transactions - probe.Looks, statements, rows, wal, stored);
    }

    public CostCounters Since(CostCounters before) => new(At - before.At, HostMs - before.HostMs, PostgresMs - before.PostgresMs, BrokerMs - before.BrokerMs,
        Transactions - before.Transactions, Statements - before.Statements, Rows - before.Rows, WalKib - before.WalKib, StoredKib - before.StoredKib);

    /// <summary>How long this lasted, where it is a difference.</summary>
    public double Seconds => (double)At / Stopwatch.Frequency;

    /// <summary>Of one of so many.</summary>
    /// <param name="what">What was done.</param>
    /// <param name="units">How often.</param>
    /// <param name="idle">One second in which nothing happens; null where that is what is measured.</param>
    /// <param name="connections">At once.</param>
    public Cost Each(string what, int units, Cost? idle, int connections)
    {
        var seconds = Seconds;
        return new(what, units, Math.Round(seconds, 1), Own(HostMs, idle?.HostMs), Own(PostgresMs, idle?.PostgresMs), Own(BrokerMs, idle?.BrokerMs),
            Own(Transactions, null), Own(Statements, null), Own(Rows, null), Own(WalKib, null), Own(StoredKib, null), connections);

        double Own(double all, double? aSecondIdle) => Math.Round((all - (aSecondIdle ?? 0) * seconds) / units, 3);
    }
}
