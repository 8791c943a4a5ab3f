namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>What became of a webhook's delivery.</summary>
internal enum DeliveryStatus
{
    /// <summary>Stored, not yet read.</summary>
    Pending,

    /// <summary>It told of builds, which are stored.</summary>
    Applied,

    /// <summary>It told of no build.</summary>
    Ignored,

    /// <summary>It told of a build that belongs to no application, or lacks its image.</summary>
    Unmatched,

    /// <summary>It could not be read.</summary>
    Failed,
}
