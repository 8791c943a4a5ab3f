namespace DevopsCd.Core.Releases;

/// <summary>Why an event is not accepted.</summary>
internal enum RefusalKind
{
    /// <summary>Not legal in the present state, or a rule of the state forbids it.</summary>
    Illegal,

    /// <summary>The event's content is wrong.</summary>
    Content,

    /// <summary>No such batch.</summary>
    NotFound,

    /// <summary>The asker lacks a right.</summary>
    Denied,

    /// <summary>The batch has changed since the asker looked.</summary>
    Stale,

    /// <summary>The content is not of the expected form at all; never recorded.</summary>
    Unreadable,

    /// <summary>A fact that comes too late: recorded as ignored (R10).</summary>
    Late
}
