using System.Text.Json;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Notices a change inside a value that is stored as JSON, by what would be written.</summary>
public class JsonValueComparer<T>() : ValueComparer<T>(
    (left, right) => Write(left) == Write(right), value => StringComparer.Ordinal.GetHashCode(Write(value)), value => Copy(value))
    where T : class?
{
    private static string Write(T? value) => JsonSerializer.Serialize(value, SystemTextJsonMessageSerializer.Options);

    private static T Copy(T value) => JsonSerializer.Deserialize<T>(Write(value), SystemTextJsonMessageSerializer.Options)!;
}
