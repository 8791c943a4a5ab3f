using MassTransit;

namespace DevopsCd.Host.Api;

/// <summary>What is the matter with the database, for everybody: what its driver says names hosts and users.</summary>
internal static class DatabaseWords
{
    public static Sentence Of(Exception failure) => DatabaseFailures.Of(failure) switch
    {
        DatabaseFailure.Full => (Sentence)"The database has no space left; free some on its disk.",
        DatabaseFailure.ReadOnly => (Sentence)"The database is read-only.",
        DatabaseFailure.Denied => (Sentence)"The database denies the service access, or access to its tables; the log has the details.",
        DatabaseFailure.Contention => (Sentence)"The database is busy with other writes.",
        _ => (Sentence)"The database does not answer as it should."
    };
}
