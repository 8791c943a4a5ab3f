namespace DevopsCd.Contracts;

/// <summary>A batch's release moved to a newer build.</summary>
public sealed record ReleaseBuildRefreshed
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>The application.</summary>
    public required string Application { get; init; }

    /// <summary>The build before; null when there was none.</summary>
    public string? FromBuildNumber { get; init; }

    /// <summary>The build now.</summary>
    public required string ToBuildNumber { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
