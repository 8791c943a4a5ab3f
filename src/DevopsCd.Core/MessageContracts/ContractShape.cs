using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevopsCd.Core.MessageContracts;

/// <summary>The members of a contract as JSON sees them.</summary>
internal sealed class ContractShape
{
    private static readonly ConcurrentDictionary<Type, ContractShape> s_shapes = new();

    private ContractShape(Type type)
    {
        var nullability = new NullabilityInfoContext();
        Members = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is not null && !p.IsDefined(typeof(JsonExtensionDataAttribute)))
            .Select(p => new Member(
                JsonNamingPolicy.CamelCase.ConvertName(p.Name),
                Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType,
                p.IsDefined(typeof(RequiredMemberAttribute)),
                nullability.Create(p).WriteState == NullabilityState.Nullable,
                p))];
    }

    public IReadOnlyList<Member> Members { get; }

    public static ContractShape Of(Type type) => s_shapes.GetOrAdd(type, t => new ContractShape(t));

    public static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GenericTypeArguments[0] : null;

    public static IReadOnlyList<string> NamesOf(Type enumType) =>
        [.. Enum.GetNames(enumType).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    internal sealed record Member(string Name, Type Type, bool Required, bool Nullable, PropertyInfo Property);
}
