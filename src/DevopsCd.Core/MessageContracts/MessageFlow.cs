namespace DevopsCd.Core.MessageContracts;

/// <summary>Which way a contract crosses the border of DevopsCd.</summary>
internal enum MessageFlow
{
    /// <summary>An order somebody gives.</summary>
    Command,

    /// <summary>A fact somebody reports to us.</summary>
    FactIn,

    /// <summary>A fact we publish; nobody has to listen.</summary>
    FactOut,

    /// <summary>Of the engine to itself; nobody else sends or reads it.</summary>
    Inner,
}
