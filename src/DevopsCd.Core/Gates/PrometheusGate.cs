using System.Globalization;
using System.Text.Json;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Gates;

/// <summary>
/// The value of an instant query: it passes when it has been within its bounds, without a break, for as long as the gate asks. Of several series
/// each has to be; no series, or none with a number, is not within.
/// </summary>
internal sealed class PrometheusGate : IGateKind
{
    public GateKind Kind => GateKind.Prometheus;

    public HttpRequestMessage Request(GateCall call, string? secret) =>
        HttpGate.Get($"{call.Gate.Url.TrimEnd('/')}/api/v1/query?query={Uri.EscapeDataString(call.Gate.Query)}", secret);

    /// <returns>Passed: within the bounds now. For how long it has to be so, the row knows.</returns>
    public GateAnswer Read(GateCall call, HttpAnswer answer)
    {
        if (!answer.IsSuccess)
            return GateAnswer.Failed(GateCaller.Said(answer));
        if (Values(answer.Body) is not { } values)
            return GateAnswer.Again("the answer is not that of Prometheus");
        if (values.Count == 0)
            return GateAnswer.Again("the query has no value");
        var outside = values.Where(value => !IsWithin(value, call.Gate)).ToList();
        return outside.Count == 0 ? GateAnswer.Passed(Written(values[0])) : GateAnswer.Again($"{Written(outside[0])} is not within {Bounds(call.Gate)}");
    }

    private static bool IsWithin(double value, Gate gate) => !double.IsNaN(value) && !(value < gate.Min) && !(value > gate.Max);

    private static string Bounds(Gate gate) => $"{(gate.Min is { } min ? Written(min) : "-∞")} … {(gate.Max is { } max ? Written(max) : "∞")}";

    private static string Written(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>Null when it is no answer of Prometheus.</summary>
    private static List<double>? Values(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var data = document.RootElement.GetProperty("data");
            var result = data.GetProperty("result");
            return data.GetProperty("resultType").GetString() switch
            {
                "vector" => [.. result.EnumerateArray().Select(series => Number(series.GetProperty("value")))],
                "scalar" => [Number(result)],
                _ => null
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Of a pair of time and value, as text.</summary>
    private static double Number(JsonElement pair) => pair[1].GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var text => double.Parse(text!, NumberStyles.Float, CultureInfo.InvariantCulture)
    };
}
