namespace DevopsCd.Testing.Chaos;

/// <summary>
/// What one of something costs the three programs, from their counters: processor time in ms, without what they use while nothing happens; what
/// PostgreSQL did, the host's work at rest included.
/// </summary>
/// <param name="Of">What was done.</param>
/// <param name="Units">How often.</param>
/// <param name="Seconds">How long it took in all.</param>
/// <param name="HostMs">Of the hosts together.</param>
/// <param name="PostgresMs">Of all PostgreSQL's processes.</param>
/// <param name="BrokerMs">Of the broker's.</param>
/// <param name="Transactions">Committed.</param>
/// <param name="Statements">As pg_stat_statements counts them.</param>
/// <param name="Rows">Inserted, updated and deleted.</param>
/// <param name="WalKib">Of the write-ahead log.</param>
/// <param name="StoredKib">By which tables and indices grew.</param>
/// <param name="MostConnections">That the hosts had at once, in all.</param>
public sealed record Cost(string Of, int Units, double Seconds, double HostMs, double PostgresMs, double BrokerMs, double Transactions, double Statements,
    double Rows, double WalKib, double StoredKib, int MostConnections);
