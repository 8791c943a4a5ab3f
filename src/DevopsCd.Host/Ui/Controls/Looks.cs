namespace DevopsCd.Host.Ui.Controls;

/// <summary>The shape and the colour of a state: the shape says it alone, too.</summary>
internal static class Looks
{
    /// <summary>Of an application or an operation, by its status as the API names it.</summary>
    public static (string Class, string Shape) Outcome(string outcome) => outcome switch
    {
        "succeeded" => ("good", "✓"),
        "failed" or "timed_out" => ("bad", "✕"),
        "deploying" or "progressing" => ("busy", "▸"),
        "held" or "stopped" => ("warn", "‖"),
        "waiting" or "pending" => ("open", "○"),
        _ => ("quiet", "–")
    };
}
