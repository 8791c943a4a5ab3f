namespace DevopsCd.Testing.Chaos;

/// <summary>What befalls the hosts of a run.</summary>
public enum Trouble
{
    /// <summary><c>kill -9</c>: the process is gone, and the machine says so to whoever it was connected to.</summary>
    Killed,

    /// <summary>SIGTERM, as an orchestrator sends it: the process ends in good order.</summary>
    Stopped,

    /// <summary>The whole machine is gone: its connections stay open, and nothing comes through them any more.</summary>
    MachineLost,

    /// <summary>SIGSTOP for longer than its leases, then SIGCONT: connections live, the process does not, and it wakes up in a world that went on.</summary>
    Frozen,

    /// <summary>The host is cut off from one of its servers only, the database and the broker in turn, with every connection open.</summary>
    Parted,

    /// <summary>Somebody else holds the row of one batch, with 40 orders for it in the queue.</summary>
    HeldRow,

    /// <summary>A host of the version before works first alone, then beside a new one, alone again on the new one's schema, beside it again, and leaves.</summary>
    Upgraded,
}
