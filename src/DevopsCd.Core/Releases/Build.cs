using DevopsCd.Contracts;

namespace DevopsCd.Core.Releases;

/// <summary>
/// A CI's build: application, number, attempt, commit and image (R1). A re-run, and other content under a number that is known, are builds of
/// their own; later facts about the same build change its row.
/// </summary>
internal sealed class Build
{
    public long Id { get; set; }

    /// <summary>The application's name as the CI sent it.</summary>
    public string ApplicationName { get; set; } = "";

    /// <summary>Null while no application of that name is registered.</summary>
    public long? ApplicationId { get; set; }

    public Application? Application { get; set; }

    /// <summary>Its name, unique for the application: <c>128</c>, its second attempt <c>128.2</c>, other content under the same name <c>128~2</c>.</summary>
    public string BuildNumber { get; set; } = "";

    /// <summary>The CI's number, which all attempts share.</summary>
    public string RunNumber { get; set; } = "";

    /// <summary>The CI's count of runs of this number, from 1.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>Counts what came with other content under the same number and attempt, from 1.</summary>
    public int Revision { get; set; } = 1;

    /// <summary>The CI's number; rows written by hand have only a name.</summary>
    public string Number => RunNumber.Length > 0 ? RunNumber : BuildNumber;

    public string Branch { get; set; } = "";

    public string CommitId { get; set; } = "";

    public string? CommitMessage { get; set; }

    public string? CommitAuthor { get; set; }

    public string ImageName { get; set; } = "";

    public string ImageTag { get; set; } = "";

    public string? ImageDigest { get; set; }

    public BuildStatus BuildStatus { get; set; }

    /// <summary>It was reported as a success before it was reported as failed or cancelled.</summary>
    public bool Withdrawn { get; set; }

    /// <summary>A later attempt, or a later push of the same tag, has the last word: this one is no longer offered.</summary>
    public bool Superseded { get; set; }

    public string? Source { get; set; }

    public string? Link { get; set; }

    /// <summary>When the CI finished it; null while it runs, and where the CI sent no time or one that cannot be true.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>
    /// The finish time of the last word about it, where that came after <see cref="FinishedAt" />: a success that was reported as failed, or once
    /// more as a success. It tells older words from newer ones and moves the build nowhere.
    /// </summary>
    public DateTimeOffset? LastWordAt { get; set; }

    /// <summary>The time of what is known of it.</summary>
    public DateTimeOffset? KnownAt => LastWordAt ?? FinishedAt;

    /// <summary>The time that puts builds of a branch in order (R2).</summary>
    public DateTimeOffset OrderedAt { get; set; }

    /// <summary>What <see cref="OrderedAt" /> was derived from.</summary>
    public BuildOrdering OrderedBy { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }
}
