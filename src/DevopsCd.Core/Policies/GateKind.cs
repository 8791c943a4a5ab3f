namespace DevopsCd.Core.Policies;

/// <summary>How a gate is decided.</summary>
internal enum GateKind
{
    /// <summary>A receiver is told, and answers at once or later.</summary>
    Webhook,

    /// <summary>An address answers with a status.</summary>
    Http,

    /// <summary>The value of a query stays within bounds.</summary>
    Prometheus,

    /// <summary>A person says so.</summary>
    Manual
}
