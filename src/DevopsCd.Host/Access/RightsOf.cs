namespace DevopsCd.Host.Access;

/// <summary>Of what a route needs its permission.</summary>
internal enum RightsOf
{
    /// <summary>In all projects: what it shows or changes belongs to none in particular.</summary>
    Everything,

    /// <summary>In the projects of the batch that the address names.</summary>
    Batch,

    /// <summary>The same; which permission it is the event's descriptor says, and the command checks.</summary>
    Event,

    /// <summary>In the project of the application that the address names.</summary>
    Application,

    /// <summary>In the project of the build that the address names.</summary>
    Build,

    /// <summary>In the projects of the notification that the address names.</summary>
    Notification,

    /// <summary>In the project of the operation that the address names.</summary>
    Operation,

    /// <summary>In the project that the address names.</summary>
    Project,

    /// <summary>In some project: the list shows what the caller may view, and nothing else.</summary>
    Listed,

    /// <summary>In projects that the body names: the handler checks.</summary>
    Body
}
