namespace DevopsCd.Core.Releases;

/// <summary>Whether an event may be raised.</summary>
/// <param name="Batch">The batch as it is.</param>
/// <param name="Type">The event.</param>
/// <param name="Asked">What its message says; null where nobody raises it and it is only asked what would stand in its way.</param>
internal sealed record EventQuestion(Batch Batch, BatchEventType Type, BatchEventHead? Asked = null)
{
    /// <summary>Who asks, as the way in has made sure; null where it is asked for nobody in particular.</summary>
    public IAsker? Asker { get; init; }
}
