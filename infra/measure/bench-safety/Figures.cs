using System.Diagnostics;

namespace DevopsCd.SafetyBench;

/// <summary>What is measured. Times are those of a caller, or where a stage is measured those of the batch's own events.</summary>
internal static class Figures
{
    private const int PreDeployed = 22, ProdDeployed = 32;

    /// <summary>Aim: the way back takes no longer than the way there.</summary>
    public static async Task<object> RollbackAsync(House house, int applications, Action<string> say)
    {
        say($"registering {applications} applications, and releasing them once so that something ran before");
        await house.RegisterAsync(applications, "pre", "prod");
        await ReleaseAsync(house, applications, accept: true);
        await house.BuildAsync(applications, 2);
        say("production, and back");
        var batch = await ReleaseAsync(house, applications, accept: false);
        await house.RaiseAsync(batch, "start_prod_rollback", "measured");
        await house.UntilAsync(batch, PreDeployed);
        var deployed = await house.AtAsync(batch, "prod_deploy_completed") - await house.AtAsync(batch, "start_prod_deploy");
        var back = await house.AtAsync(batch, "prod_rollback_completed") - await house.AtAsync(batch, "start_prod_rollback");
        return new
        {
            applications,
            deploySeconds = deployed.TotalSeconds,
            rollbackSeconds = back.TotalSeconds,
            ratio = back / deployed,
            isMet = back <= deployed
        };
    }

    /// <summary>Aim: at most 2 s.</summary>
    public static async Task<object> PreflightAsync(House house, int applications, int samples, Action<string> say)
    {
        var batch = await ApprovedAsync(house, applications, say);
        var times = await TimesAsync(samples, () => house.Api.Send(HttpMethod.Get, $"batches/{batch}/preflight?stage=prod"));
        return new { applications, p50Ms = At(times, 0.5), p95Ms = At(times, 0.95), isMet = At(times, 0.95) <= 2000 };
    }

    /// <summary>Aim: at most 50 ms.</summary>
    public static async Task<object> ExplainAsync(House house, int applications, int samples, Action<string> say)
    {
        var batch = await ApprovedAsync(house, applications, say);
        var open = await TimesAsync(samples, () => house.Api.Send(HttpMethod.Get, $"batches/{batch}/explain"));
        await house.RaiseAsync(batch, "confirm_tag");
        await house.UntilAsync(batch, PreDeployed);
        var deployed = await TimesAsync(samples, () => house.Api.Send(HttpMethod.Get, $"batches/{batch}/explain"));
        return new
        {
            applications,
            openP50Ms = At(open, 0.5),
            openP95Ms = At(open, 0.95),
            preDeployedP50Ms = At(deployed, 0.5),
            preDeployedP95Ms = At(deployed, 0.95),
            isMet = At(open, 0.5) <= 50 && At(deployed, 0.5) <= 50
        };
    }

    /// <summary>Aim: at most 1 s. Half of the batches wait for approval, half are sealed and frozen.</summary>
    public static async Task<object> ScanAsync(House house, int batches, int freezes, int samples, Action<string> say)
    {
        say($"{freezes} freezes, one of which is in force");
        var today = TimeProvider.System.GetUtcNow();
        object holidays = new { reason = "the holidays", from = today.AddDays(-1), to = today.AddDays(300) };
        object weekly = new { reason = "every week", rule = "FREQ=WEEKLY;BYDAY=SU", start = "2026-01-04T01:00", duration = "1m", zone = "Europe/Berlin" };
        await House.ForEachAsync(freezes,
            async number => (await house.Api.Send(HttpMethod.Put, $"freezes/freeze-{number:000}", number == 0 ? holidays : weekly)).Expect());
        say($"{batches} open batches of one application each");
        await house.RegisterAsync(batches, "pre", "prod");
        await House.ForEachAsync(batches, async number =>
        {
            var batch = (await house.Api.CreateBatch("Open", null, [House.NameOf(number)])).Expect().Id;
            if (number % 2 == 0)
                return;
            await house.RaiseAsync(batch, "approve");
            await house.RaiseAsync(batch, "confirm_tag");
        });
        var times = await TimesAsync(samples, house.Api.Scan);
        return new { batches, freezes, p50Ms = At(times, 0.5), worstMs = times[^1], isMet = At(times, 0.5) <= 1000 };
    }

    private static async Task<long> ApprovedAsync(House house, int applications, Action<string> say)
    {
        say($"registering {applications} applications");
        await house.RegisterAsync(applications, "pre", "prod");
        var batch = await house.BatchAsync(applications);
        await house.RaiseAsync(batch, "approve");
        return batch;
    }

    private static async Task<long> ReleaseAsync(House house, int applications, bool accept)
    {
        var batch = await house.BatchAsync(applications);
        await house.RaiseAsync(batch, "approve");
        await house.RaiseAsync(batch, "confirm_tag");
        await house.UntilAsync(batch, PreDeployed);
        await house.RaiseAsync(batch, "start_prod_deploy");
        await house.UntilAsync(batch, ProdDeployed);
        if (accept)
            await house.RaiseAsync(batch, "final_accept");
        return batch;
    }

    /// <summary>Milliseconds of each call, sorted; the first is not counted.</summary>
    private static async Task<List<double>> TimesAsync(int samples, Func<Task<DevopsCd.Testing.Hosting.CdAnswer>> call)
    {
        var times = new List<double>(samples);
        for (var i = 0; i <= samples; i++)
        {
            var began = Stopwatch.GetTimestamp();
            (await call()).Expect();
            if (i > 0)
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        return times;
    }

    private static double At(List<double> sorted, double quantile) => Math.Round(sorted[(int)Math.Ceiling(sorted.Count * quantile) - 1], 1);
}
