using DevopsCd.Testing.Fakes;

namespace DevopsCd.Testing.Chaos;

/// <summary>I8, by the deploy service's own log: the calls that submit an operation stay within the budget and wait between tries, whoever died meanwhile.</summary>
public sealed class RetryCheck(PostgresDatabase database, int retryCount)
{
    /// <summary>A call may be made this much before its time: clocks and stores round.</summary>
    private static readonly TimeSpan s_early = TimeSpan.FromMilliseconds(300);

    public async Task<IReadOnlyList<string>> CheckAsync(IEnumerable<DeployCall> calls)
    {
        var tries = (await database.QueryAsync("select operation_id, tries from deployments", row => (row.GetString(0), row.GetInt32(1)))
            .ConfigureAwait(false)).ToDictionary();
        return [.. calls.Where(call => call.Verb == "submit").GroupBy(call => call.OperationId)
            .SelectMany(operation => Wrong(operation.Key, [.. operation.OrderBy(call => call.At)], tries.GetValueOrDefault(operation.Key)))];
    }

    private IEnumerable<string> Wrong(string operation, DeployCall[] calls, int counted)
    {
        if (calls.Length > retryCount + 1) yield return $"I8 {operation}: {calls.Length} calls, {retryCount + 1} allowed";
        if (calls.Length > counted) yield return $"I8 {operation}: {calls.Length} calls, its row counts {counted}";
        for (var call = 1; call < calls.Length; call++)
        {
            // More tries may have been counted than arrived, and then the wait is longer.
            var wait = TimeSpan.FromSeconds(Math.Pow(2, call - 1));
            if (calls[call].At - calls[call - 1].At is var waited && waited < wait - s_early)
                yield return $"I8 {operation}: call {call + 1} came {waited.TotalSeconds:0.0} s after the one before, {wait.TotalSeconds} s are to be waited";
        }
    }
}
