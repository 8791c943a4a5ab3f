using MassTransit;

namespace DevopsCd.Host.Api;

/// <summary>What is the matter with the database, for everybody: what its driver says names hosts and users.</summary>
internal static class DatabaseWords
{
    public static string Of(Exception failure) => DatabaseFailures.Of(failure) switch
    {
        DatabaseFailure.Full => "The database has no space left; free some on its disk.",
        DatabaseFailure.ReadOnly => "The database is read-only.",
        DatabaseFailure.Denied => "The database denies the service access, or access to its tables; the log has the details.",
        DatabaseFailure.Contention => "The database is busy with other writes.",
        _ => "The database does not answer as it should."
    };
}
