using System.Text.Json;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Keeps a property in its column as JSON, written the way messages are.</summary>
public class JsonValueConverter<T>(ConverterMappingHints? hints = null) : ValueConverter<T, string>(value => Write(value), json => Read(json), hints)
    where T : class?
{
    private static string Write(T value) => JsonSerializer.Serialize(value, SystemTextJsonMessageSerializer.Options);

    private static T Read(string json) => JsonSerializer.Deserialize<T>(json, SystemTextJsonMessageSerializer.Options)!;
}
