namespace MassTransit;

/// <summary>What a failure says about another try (<see cref="DatabaseFailures.Of" />).</summary>
public enum DatabaseFailure
{
    /// <summary>Not the database's, or its last word: the same will fail again.</summary>
    None,

    /// <summary>A row with the same key was written first. Another try, which looks first, may find what it wants.</summary>
    Duplicate,

    /// <summary>A row is not what was read any more, or is gone. Another try reads it anew.</summary>
    Stale,

    /// <summary>Other transactions were in the way: deadlock, serialization, a lock that was not free in time, a transaction ended by one of these.</summary>
    Contention,

    /// <summary>The database is away, is going down, or does not answer in time.</summary>
    Away,

    /// <summary>The database has no space left to write to.</summary>
    Full,

    /// <summary>The database only answers reads: a standby, or a file that may not be written.</summary>
    ReadOnly,

    /// <summary>The database does not let us in, or not to its tables: password, rights, name.</summary>
    Denied,
}
