using DevopsCd.Core.Deployments;
using static DevopsCd.Core.Releases.OperationStatus;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>Whole stages over random dependencies, clusters, ends, cancels and timeouts, played to their decision.</summary>
public sealed class Any_stage
{
    private static readonly ReleaseStatus[] s_outcomes =
        [ReleaseStatus.Succeeded, ReleaseStatus.Failed, ReleaseStatus.TimedOut, ReleaseStatus.Held, ReleaseStatus.Skipped, ReleaseStatus.Stopped];

    [Fact]
    public void Ends_once_with_one_outcome_each_wave_after_wave_and_never_too_many_in_flight()
    {
        for (var seed = 0; seed < 400; seed++)
            Play(new Random(seed), $"seed {seed}");
    }

    private static void Play(Random random, string name)
    {
        var (stage, apps) = Draw(random);
        var concurrency = random.Next(1, 7);
        var haltAt = random.Next(3) == 0 ? random.Next(1, 40) : int.MaxValue;
        var cancelled = random.Next(2) == 0;
        var failing = random.Next(0, 40);
        var (goesBack, waves) = random.Next(4) == 0 ? (-1, WaveOrder.Back) : (1, default);
        var started = new HashSet<string>();

        var steps = 0;
        StagePlan plan;
        while (true)
        {
            var halted = steps >= haltAt;
            plan = stage.Plan(concurrency, halted, halted && cancelled, waves);
            foreach (var (item, cluster) in plan.Start)
            {
                started.Add($"{item.Application}/{cluster.Cluster}").ShouldBeTrue($"{name}: {item.Application}/{cluster.Cluster} starts once");
                stage.All.ShouldAllBe(
                    o => o.Wave * goesBack >= cluster.Wave * goesBack || o.Status == Succeeded, $"{name}: {item.Application} starts after the waves before");
                stage.All.ShouldAllBe(o => !item.DependsOn.Contains(o.Application) || o.Wave * goesBack > cluster.Wave * goesBack || o.Status == Succeeded,
                    $"{name}: {item.Application} starts after what it depends on has, in this wave and those before");
            }
            if (halted)
                plan.Start.ShouldBeEmpty(name);
            stage.Start(plan);
            var running = stage.Running.ToList();
            running.Count.ShouldBeLessThanOrEqualTo(concurrency, name);
            plan.InFlight.ShouldBe(running.Count, name);
            if (plan.Decision != StageDecision.Running)
            {
                running.ShouldBeEmpty(name);
                break;
            }
            running.ShouldNotBeEmpty($"{name}: a stage that is not decided has something in flight");
            var (application, ended) = running[random.Next(running.Count)];
            stage.Is(application, random.Next(100) < failing ? random.Next(2) == 0 ? Failed : TimedOut : Succeeded, "cause", ended);
            (++steps).ShouldBeLessThan(2000, name);
        }

        var outcomes = apps.Keys.ToDictionary(a => a, plan.Outcome);
        outcomes.Values.ShouldAllBe(o => s_outcomes.Contains(o), name);
        foreach (var (app, after) in apps)
            if (outcomes[app] == ReleaseStatus.Held)
                (after.Any(d => outcomes[d] is not (ReleaseStatus.Succeeded or ReleaseStatus.Skipped))
                    || stage.All.Where(o => o.Application == app && o.Status is null).All(idle => stage.All.Any(
                        o => o.Wave * goesBack < idle.Wave * goesBack && o.Status is not (null or Succeeded)))).ShouldBeTrue($"{name}: {app} is held for a reason");
        var good = outcomes.Values.All(o => o is ReleaseStatus.Succeeded or ReleaseStatus.Skipped);
        plan.Decision.ShouldBe(steps >= haltAt && cancelled ? StageDecision.Stopped : good ? StageDecision.Completed : StageDecision.Failed, name);
        var again = stage.Plan(concurrency, steps >= haltAt, steps >= haltAt && cancelled, waves);
        (again.Decision, again.Start.Count).ShouldBe((plan.Decision, 0), $"{name}: the decision stands");
    }

    /// <summary>Dependencies point to earlier applications only, so that there is no cycle; the order of rows is shuffled.</summary>
    private static (A_stage Stage, Dictionary<string, string[]> Apps) Draw(Random random)
    {
        var count = random.Next(1, 30);
        var inWaves = random.Next(2) == 0 ? 1 : 3;
        var apps = new List<(string Name, string[] After, int Clusters)>();
        for (var i = 0; i < count; i++)
        {
            var after = Enumerable.Range(0, i).Where(_ => random.Next(100) < 15).Select(d => $"app{d}").ToArray();
            apps.Add(($"app{i}", after, random.Next(10) == 0 ? 0 : random.Next(1, 4)));
        }
        var shuffled = apps.ToArray();
        random.Shuffle(shuffled);
        var stage = new A_stage();
        foreach (var (name, after, clusters) in shuffled)
            _ = clusters == 0 ? stage.WithoutSettings(name, after)
                : stage.With(name, after, [.. Enumerable.Range(1, clusters).Select(c => $"c{c}@{random.Next(1, inWaves + 1)}")]);
        return (stage, apps.ToDictionary(a => a.Name, a => a.After));
    }
}
