using System.Text.Json;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// How a simulated deployment goes, from its target's strategy settings:
/// <c>{"simulate": {"duration": "2s", "outcome": "succeed|fail|time_out", "attempts": 1, "reason": "…"}}</c>; <c>attempts</c>
/// limits a bad outcome to the first attempts of the stage.
/// </summary>
internal sealed record SimulationScript(TimeSpan? Duration, string Outcome, int Attempts, string Reason)
{
    private static readonly string[] s_outcomes = ["succeed", "fail", "time_out"];

    public static SimulationScript Of(JsonElement settings)
    {
        if (settings.ValueKind != JsonValueKind.Object || !settings.TryGetProperty("simulate", out var simulate))
            return new SimulationScript(null, "succeed", 0, "");
        return new SimulationScript(
            simulate.TryGetProperty("duration", out var duration) ? Shared.Duration.Parse(duration.GetString()!).Value : null,
            simulate.TryGetProperty("outcome", out var outcome) ? outcome.GetString()! : "succeed",
            simulate.TryGetProperty("attempts", out var attempts) ? attempts.GetInt32() : int.MaxValue,
            simulate.TryGetProperty("reason", out var reason) ? reason.GetString()! : "simulated failure");
    }

    /// <exception cref="BatchRefusedException">The script cannot be read.</exception>
    public static void Check(string settings)
    {
        try
        {
            using var document = JsonDocument.Parse(settings);
            if (!s_outcomes.Contains(Of(document.RootElement).Outcome))
                throw BatchRefusedException.Content("strategy.simulate.outcome", $"must be one of: {string.Join(", ", s_outcomes)}");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentNullException)
        {
            throw BatchRefusedException.Content("strategy.simulate",
                "must look like {\"duration\": \"2s\", \"outcome\": \"fail\", \"attempts\": 1, \"reason\": \"…\"}");
        }
    }
}
