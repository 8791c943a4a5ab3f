namespace DevopsCd.Core.Notifications.Composing;

/// <summary>One message to one channel: a notice, what it carries along, and the words. All text is raw; channels escape it.</summary>
internal sealed record NoticeMessage
{
    /// <summary>The notice that the message is for; the last of those it carries.</summary>
    public required Notice Notice { get; init; }

    /// <summary>Every notice that the message stands for, oldest first: machines want each, people the last.</summary>
    public required IReadOnlyList<Notice> Told { get; init; }

    public required MessageTone Tone { get; init; }

    public required string Title { get; init; }

    public required IReadOnlyList<MessageFact> Facts { get; init; }

    /// <summary>How many applications ended how, or null when there is nothing to say.</summary>
    public string? Summary { get; init; }

    /// <summary>What went wrong first.</summary>
    public IReadOnlyList<ApplicationOutcome> Applications { get; init; } = [];

    /// <summary>Earlier notices of the batch that this message stands for, oldest first.</summary>
    public IReadOnlyList<string> Earlier { get; init; } = [];

    /// <summary>Where the batch opens, when the system knows its own address.</summary>
    public Uri? Link { get; init; }
}

/// <summary>A labelled line. The value is raw text of people and programs: every channel must escape it.</summary>
internal sealed record MessageFact(string Label, string Value);

/// <summary>The colour of a message.</summary>
internal enum MessageTone
{
    Progress,
    Good,
    Bad,

    /// <summary>Somebody must act.</summary>
    Waiting,
    Closed
}
