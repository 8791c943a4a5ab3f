using MassTransit;

namespace DevopsCd.Core.Consuming;

/// <summary>What right a message needs that is about something of a room above this one.</summary>
internal interface IMessageRights
{
    /// <summary>Null where the message is another one's.</summary>
    Task<NeededRight?> OfAsync(ConsumeContext context, CancellationToken cancellationToken);
}

/// <summary>A right that the sender of a message needs.</summary>
/// <param name="Message">The message's name.</param>
/// <param name="Permission">The permission.</param>
/// <param name="Projects">In each of these projects.</param>
internal sealed record NeededRight(string Message, string Permission, IReadOnlyCollection<string> Projects);
