namespace DevopsCd.Core.Builds;

/// <summary>What a report does to what is known of a build.</summary>
internal enum BuildWord
{
    /// <summary>It changes nothing.</summary>
    Known,

    /// <summary>A build nobody knew, or other content under a known name.</summary>
    New,

    /// <summary>A later word about a build that has not been a success.</summary>
    Replaces,

    /// <summary>The same success, with a digest or a finish time that was missing.</summary>
    Completes,

    /// <summary>A success was reported as failed or cancelled.</summary>
    Withdraws,

    /// <summary>What was withdrawn is a success again: the same content, in the place it had.</summary>
    Restores,
}
