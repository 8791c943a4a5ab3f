using System.Text;
using RabbitMQ.Client;

namespace DevopsCd.Testing;

/// <summary>A message taken out of a queue.</summary>
public sealed record QueuedMessage(string Exchange, string RoutingKey, bool Redelivered, IReadOnlyBasicProperties Properties, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A header as text, or null; the client hands texts over as bytes.</summary>
    public string? Header(string name) => Properties.Headers?.TryGetValue(name, out var value) == true
        ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString()
        : null;
}
