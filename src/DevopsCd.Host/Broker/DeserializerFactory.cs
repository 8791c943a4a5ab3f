using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace DevopsCd.Host.Broker;

/// <summary>Hands MassTransit a deserializer of ours; what we send stays MassTransit's own.</summary>
internal sealed class DeserializerFactory(IMessageDeserializer deserializer) : ISerializerFactory
{
    public ContentType ContentType => deserializer.ContentType;

    public IMessageSerializer CreateSerializer() => SystemTextJsonMessageSerializer.Instance;

    public IMessageDeserializer CreateDeserializer() => deserializer;
}
