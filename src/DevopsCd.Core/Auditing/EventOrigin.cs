using DevopsCd.Core.Access;
using MassTransit;

namespace DevopsCd.Core.Auditing;

/// <summary>Through which message an event came, and what the audit needs to know a repetition from another request.</summary>
/// <param name="Source">Through what: see <see cref="EventSource" />.</param>
/// <param name="MessageId">The message; made from the sender's key where there is one.</param>
/// <param name="RequestHash">A hash of what was asked under the sender's key; null without a key.</param>
/// <param name="TryId">This request alone, whatever its key.</param>
internal sealed record EventOrigin(string Source, Guid? MessageId = null, string? RequestHash = null, Guid? TryId = null)
{
    /// <summary>Who has sent it, as the way in has made sure; the engine where it says nothing.</summary>
    public Subject Asker { get; init; } = Subject.Engine;

    /// <summary>The message was made just now and is given to the state machine for the first time: nobody need ask whether it is known.</summary>
    public bool IsNew { get; init; }

    /// <summary>Of a batch that is created: what it is split from; null where it is new.</summary>
    public SplitOrigin? Split { get; init; }

    public static EventOrigin Of(ConsumeContext context, string? name) =>
        context.TryGetPayload<EventOrigin>(out var origin) ? origin : new EventOrigin(EventSource.Of(name), context.MessageId);
}
