using Npgsql;

namespace DevopsCd.Bench;

/// <summary>
/// What one contestant is asked to do, given on its command line. <c>Curve</c>: empty, or what to measure instead of full and steady load, such as
/// <c>cold 500</c> (the first events of the process, with so many sagas at once) or <c>warm 100 500</c> (one after the other, once it is warm).
/// </summary>
internal sealed record Options(string Contestant, string Postgres, string Rabbit, int Sagas, int LatencySeconds, string Output, int Preload, string Curve = "")
{
    internal const int Rate = 50;

    internal const int Prefetch = 64;

    internal const int Concurrency = 16;

    /// <summary>How every contestant reaches the database: statements prepared, no reset of the session between two uses of a connection.</summary>
    internal static string Database(string postgres) =>
        new NpgsqlConnectionStringBuilder(postgres) { MaxAutoPrepare = 50, MaxPoolSize = 40, NoResetOnClose = true }.ConnectionString;

    internal static Options Parse(string[] args) =>
        new(args[0], args[1], args[2], int.Parse(args[3]), int.Parse(args[4]), args[5], int.Parse(args[6]), args.ElementAtOrDefault(7) ?? "");

    internal string[] ToArguments() => [Contestant, Postgres, Rabbit, $"{Sagas}", $"{LatencySeconds}", Output, $"{Preload}", Curve];
}
