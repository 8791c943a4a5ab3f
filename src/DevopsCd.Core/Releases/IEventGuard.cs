namespace DevopsCd.Core.Releases;

/// <summary>
/// One thing that can stand in the way of an event of a batch (R17). The same guards refuse the event and answer what stands in its way.
/// A new one is its class and one line of registration; those that are registered first are asked first.
/// </summary>
internal interface IEventGuard
{
    /// <summary>Its name in answers.</summary>
    string Name { get; }

    /// <summary>Whether events of this kind are any of its business.</summary>
    bool Guards(BatchEventType type);

    /// <summary>Looks at an event, with the batch locked where it is being raised. It changes nothing.</summary>
    /// <returns>Null when the guard lets it pass.</returns>
    ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken);
}
