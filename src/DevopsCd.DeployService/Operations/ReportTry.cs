namespace DevopsCd.DeployService.Operations;

/// <summary>How the report of an end stands as long as nobody has taken it.</summary>
/// <param name="Tries">The tries that have been made, the one under way included.</param>
/// <param name="NextAt">When the next try is due, by whichever replica writes it down first.</param>
internal sealed record ReportTry(int Tries, DateTimeOffset NextAt);
