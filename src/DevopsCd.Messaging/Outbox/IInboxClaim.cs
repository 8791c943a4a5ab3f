using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>A payload of messages whose inbox row may be written together with the first statement of the consumer.</summary>
internal interface IInboxClaim
{
    /// <summary>The context whose transaction the row belongs to.</summary>
    DbContext DbContext { get; }

    /// <summary>The row to write; null once it is known whether the message is a duplicate.</summary>
    InboxState? Row { get; }

    /// <summary>Says whether the row could be written.</summary>
    void Decide(bool first);

    /// <summary>Writes the row by itself; false for a duplicate.</summary>
    Task<bool> AskAsync();
}
