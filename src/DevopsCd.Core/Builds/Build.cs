using DevopsCd.Contracts;
using DevopsCd.Core.Applications;

namespace DevopsCd.Core.Builds;

/// <summary>A CI's build; unique for the application and the number (R1).</summary>
internal sealed class Build
{
    public long Id { get; set; }

    /// <summary>The application's name as the CI sent it.</summary>
    public string ApplicationName { get; set; } = "";

    /// <summary>Null while no application of that name is registered.</summary>
    public long? ApplicationId { get; set; }

    public Application? Application { get; set; }

    public string BuildNumber { get; set; } = "";

    /// <summary>The number inside <see cref="BuildNumber" />, so that 10 follows 9.</summary>
    public long BuildOrder { get; set; }

    public string Branch { get; set; } = "";

    public string CommitId { get; set; } = "";

    public string? CommitMessage { get; set; }

    public string? CommitAuthor { get; set; }

    public string ImageName { get; set; } = "";

    public string ImageTag { get; set; } = "";

    public string? ImageDigest { get; set; }

    public BuildStatus BuildStatus { get; set; }

    public string? Source { get; set; }

    public string? Link { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The finish time that orders builds; where the CI sent none it is derived from the build's neighbours by number.</summary>
    public DateTimeOffset OrderedAt { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }
}
