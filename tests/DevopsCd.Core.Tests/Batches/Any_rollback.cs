using DevopsCd.Contracts;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>
/// Whole batches over random dependencies, clusters, stopping points, failures, lost answers and dead processes, on a cluster that is a table:
/// after a completed rollback it is what it was before the batch.
/// </summary>
public sealed class Any_rollback
{
    private const int Plays = 12, Concurrency = 2;

    [Fact]
    public async Task Leaves_the_cluster_as_it_was_goes_back_in_reverse_and_touches_nothing_twice_at_once()
    {
        var seen = new HashSet<string>();
        for (var seed = 0; seed < Plays; seed++)
            await new Play(seed, seen).RunAsync();

        // The plays are worth something only if they have met all of it.
        seen.ShouldBe(["from deployed", "from failed", "from deploying", "failed in part", "died"], ignoreOrder: true);
    }

    private sealed class Play(int seed, HashSet<string> seen)
    {
        private readonly Random _random = new(seed);
        private readonly string _name = $"seed {seed}";
        private readonly Lock _lock = new();
        private readonly Dictionary<string, string[]> _dependsOn = [];
        private readonly Dictionary<(string Application, string Cluster), string> _cluster = [];
        private readonly Dictionary<string, (Deployment Operation, string Before, bool Ended)> _records = [];
        private readonly HashSet<(string Application, string Cluster)> _back = [], _busy = [];
        private bool _healed, _rolling;

        public async Task RunAsync()
        {
            await using var engine = await Engine.Start("sqlite", ("deploy:concurrent_apps", $"{Concurrency}"), ("deploy:retry_count", "3"));
            var names = await DrawAsync(engine);
            engine.Service.OnSubmit = d => Answer(d, isSubmit: true);
            engine.Service.OnLook = d => Answer(d, isSubmit: false);
            engine.Service.OnStop = Stop;
            var before = new Dictionary<(string, string), string>(_cluster);
            var batch = await engine.SealedBatch(names);
            await SettleAsync(engine);
            (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed, _name);

            await engine.Accepted(batch, "start_prod_deploy");
            if (_random.Next(3) == 0)
                await engine.Pass(TimeSpan.FromSeconds(_random.Next(8)));
            else
                await SettleAsync(engine);
            var from = await engine.Find(batch.CorrelationId);
            if (from is { Status: BatchStatus.PreDeployed, Prod.Dirty: false })
                return;
            seen.Add(from.Status switch { BatchStatus.ProdDeployed => "from deployed", BatchStatus.PreDeployed => "from failed", _ => "from deploying" });
            var last = engine;
            for (var attempt = 1; attempt == 1 || (await last.Find(batch.CorrelationId)).Prod.Dirty; attempt++)
            {
                attempt.ShouldBeLessThan(12, $"{_name}: it comes to an end");
                _healed = attempt > 3;
                await last.Accepted(batch, "start_prod_rollback");
                _rolling = true;
                if (!_healed && _random.Next(2) == 0)
                    last = await DieAsync(last);
                await SettleAsync(last);
                var after = await last.Find(batch.CorrelationId);
                after.Status.ShouldBe(BatchStatus.PreDeployed, $"{_name}: {after.LastFailure}");
                if (after.Prod.Dirty)
                    seen.Add("failed in part");
            }

            _cluster.ShouldBe(before, ignoreOrder: true, $"{_name}: the cluster is what it was");
            _busy.ShouldBeEmpty(_name);
            if (last != engine)
                await last.DisposeAsync();
        }

        /// <summary>Dependencies point to earlier applications only, so that there is no cycle.</summary>
        private async Task<string[]> DrawAsync(Engine engine)
        {
            var names = Enumerable.Range(0, _random.Next(2, 6)).Select(i => $"app{i}").ToArray();
            for (var i = 0; i < names.Length; i++)
            {
                _dependsOn[names[i]] = [.. names[..i].Where(_ => _random.Next(3) == 0)];
                string[] clusters = _random.Next(3) == 0 ? ["east", "west"] : ["east"];
                await engine.Application(names[i], _dependsOn[names[i]], prod: []);
                foreach (var cluster in clusters)
                {
                    await engine.Target(names[i], "prod", cluster, Wave(cluster));
                    _cluster[(names[i], cluster)] = $"old/{names[i]}:0";
                }
            }
            return names;
        }

        private int Wave(string cluster) => cluster == "west" && seed % 2 == 0 ? 2 : 1;

        private DeployAnswer Answer(Deployment operation, bool isSubmit)
        {
            lock (_lock)
            {
                if (operation.Stage == Stage.Pre)
                    return new DeployAnswer.Succeeded();
                var trouble = _healed ? 100 : _random.Next(100);
                if (isSubmit && trouble < 8)
                    return new DeployAnswer.Transient("no connection", MayHaveArrived: false);
                var place = (operation.Application, operation.Cluster);
                var key = operation.OperationId;
                if (!_records.TryGetValue(key, out var record))
                {
                    if (!isSubmit)
                        return new DeployAnswer.Unknown();
                    Begin(operation, place);
                    _records[key] = record = (operation, _cluster[place], false);
                }
                if (trouble < 16)
                    return new DeployAnswer.Transient("the answer was lost");
                if (!record.Ended && trouble is >= 16 and < 40)
                    return new DeployAnswer.Progressing { Previous = Previous(record) };
                if (!record.Ended && trouble is >= 40 and < 52)
                {
                    // It fails with the change made or not, and stays so.
                    if (trouble < 46)
                        Change(operation, place);
                    End(key, place);
                    return new DeployAnswer.Failed("crashes") { Previous = Previous(record) };
                }
                if (!record.Ended)
                {
                    Change(operation, place);
                    End(key, place);
                    if (operation.Restores)
                        _back.Add(place);
                }
                return new DeployAnswer.Succeeded { Previous = Previous(record) };
            }
        }

        private DeployAnswer Stop(Deployment operation)
        {
            lock (_lock)
            {
                if (_records.TryGetValue(operation.OperationId, out var record) && !record.Ended)
                {
                    End(operation.OperationId, (operation.Application, operation.Cluster));
                    return new DeployAnswer.Stopped { Previous = Previous(record) };
                }
                return record.Ended ? new DeployAnswer.Stopped { Previous = Previous(record) } : new DeployAnswer.Unknown();
            }
        }

        private void Begin(Deployment operation, (string Application, string Cluster) place)
        {
            _busy.Add(place).ShouldBeTrue($"{_name}: {place} is touched by one operation at a time");
            _busy.Count.ShouldBeLessThanOrEqualTo(Concurrency, _name);
            if (!operation.Restores)
                return;
            _rolling.ShouldBeTrue(_name);
            _records.ShouldContainKey(operation.Reverts!, $"{_name}: what is taken back was there");
            foreach (var (other, image) in _cluster.Where(c => Wave(c.Key.Cluster) > Wave(place.Cluster)))
                image.ShouldBe($"old/{other.Application}:0", $"{_name}: {other} of a later wave goes back before {place}");
            foreach (var dependent in _dependsOn.Where(d => d.Value.Contains(place.Application)).Select(d => d.Key))
                foreach (var (other, image) in _cluster.Where(c => c.Key.Application == dependent && Wave(c.Key.Cluster) >= Wave(place.Cluster)))
                    image.ShouldBe($"old/{dependent}:0", $"{_name}: {other} goes back before {place.Application}, on which it depends");
        }

        private void Change(Deployment operation, (string Application, string Cluster) place) =>
            _cluster[place] = operation.Restores ? _records[operation.Reverts!].Before : operation.Image;

        private void End(string key, (string Application, string Cluster) place)
        {
            _records[key] = _records[key] with { Ended = true };
            _busy.Remove(place);
        }

        private static PreviousVersion? Previous((Deployment Operation, string Before, bool) record) =>
            record.Operation.Restores ? null : new PreviousVersion(record.Before, null, record.Before == record.Operation.Image);

        /// <summary>The process that rolls back dies in one of its calls; another one has the database alone.</summary>
        private async Task<Engine> DieAsync(Engine engine)
        {
            engine.Service.KillNext("rollback");
            var delivering = engine.Deliver();
            await Task.WhenAny(delivering, engine.Service.Died);
            engine.Service.Spare();
            if (!engine.Service.Died.IsCompleted)
                return engine;
            seen.Add("died");
            return engine.Another();
        }

        private static async Task SettleAsync(Engine engine)
        {
            for (var left = 40; left > 0; left--)
            {
                await engine.Pass(TimeSpan.FromSeconds(20));
                await engine.Scan();
                await engine.Deliver();
                if (!await engine.Read(db => Task.FromResult(db.Batches.AsEnumerable().Any(b => b.Running is not null))))
                    return;
            }
        }
    }
}
