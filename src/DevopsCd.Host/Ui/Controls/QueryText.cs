using System.Globalization;

namespace DevopsCd.Host.Ui.Controls;

/// <summary>Addresses with a query: what is empty is left out.</summary>
internal static class QueryText
{
    public static string Address(string path, params (string Name, object? Value)[] query)
    {
        var parts = query.Select(q => (q.Name, Value: Convert.ToString(q.Value, CultureInfo.InvariantCulture))).Where(q => !string.IsNullOrEmpty(q.Value))
            .Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}").ToList();
        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }
}
