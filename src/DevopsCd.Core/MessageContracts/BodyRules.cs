using System.Collections;

namespace DevopsCd.Core.MessageContracts;

/// <summary>
/// The rules of fields on a body that has been read already: a producer that speaks HTTP is told the same as one that publishes.
/// </summary>
internal static class BodyRules
{
    /// <summary>Whether the rules speak of the type at all.</summary>
    public static bool Apply(Type type) => type.Namespace?.StartsWith("DevopsCd.Contracts", StringComparison.Ordinal) == true && type is { IsClass: true };

    /// <summary>Every wrong field with what would be right.</summary>
    public static IReadOnlyList<FieldError> Wrong(object body)
    {
        var errors = new List<FieldError>();
        Check(body, "", errors);
        return errors;
    }

    private static void Check(object body, string path, List<FieldError> errors)
    {
        foreach (var member in ContractShape.Of(body.GetType()).Members)
        {
            var memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            var value = member.Property.GetValue(body);
            if (value is IEnumerable list && ContractShape.ItemOf(member.Type) is not null)
            {
                var index = 0;
                foreach (var item in list)
                    CheckValue(item, member, $"{memberPath}[{index++}]", errors);
                if (member.Required && index is (0 or > FieldRules.MostItems))
                    errors.Add(new FieldError(memberPath, $"must have 1 to {FieldRules.MostItems} items, has {index}"));
            }
            else
                CheckValue(value, member, memberPath, errors);
        }
    }

    private static void CheckValue(object? value, ContractShape.Member member, string path, List<FieldError> errors)
    {
        if (value is string text)
        {
            if ((text.Length > 0 || member.Required) && FieldRules.For(member).Wrong(text) is { } fix)
                errors.Add(new FieldError(path, fix));
        }
        else if (value is not null && Apply(value.GetType()))
            Check(value, path, errors);
    }
}
