using System.Diagnostics;
using System.Text.Json;
using DevopsCd.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Chaos;

/// <summary>Plays a plan against nodes on the real servers and then counts: every event one outcome, every outcome one effect.</summary>
public sealed class ChaosRun : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly RabbitVirtualHost _rabbit;
    private readonly TcpRelay _toPostgres;
    private readonly TcpRelay _toRabbit;
    private readonly Node[] _nodes;
    private readonly List<Task> _disturbances = [];
    private readonly Dictionary<Guid, Step> _attempted = [];
    private readonly Dictionary<string, int> _done = [];

    private ChaosRun(PostgresDatabase database, RabbitVirtualHost rabbit, int nodes)
    {
        _database = database;
        _rabbit = rabbit;
        _toPostgres = TcpRelay.To(database);
        _toRabbit = TcpRelay.To(rabbit);
        _nodes = [.. Enumerable.Range(0, nodes).Select(_ => new Node(database.Through(_toPostgres), rabbit.Through(_toRabbit).ToString()))];
    }

    /// <summary>Plays the plan of a seed; <paramref name="log"/> gets every step as a line of JSON.</summary>
    public static Task<ChaosCounters> OfSeed(int seed, TimeSpan length, int perSecond = 40, int nodes = 2, TextWriter? log = null) =>
        Play(new Plan(seed, length, perSecond, nodes).Steps(), nodes, log);

    /// <summary>Plays the steps a former run wrote down.</summary>
    public static Task<ChaosCounters> OfLog(string path, int nodes = 2) =>
        Play(File.ReadLines(path).Select(line => JsonSerializer.Deserialize<Step>(line)!), nodes, null);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _toPostgres.DisposeAsync();
        await _toRabbit.DisposeAsync();
        await _rabbit.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task<ChaosCounters> Play(IEnumerable<Step> steps, int nodes, TextWriter? log)
    {
        await using var run = new ChaosRun(await PostgresDatabase.CreateAsync(), await RabbitVirtualHost.CreateAsync(), nodes);
        await using (var db = ChaosDb.Open(run._database.ConnectionString))
            await db.Database.EnsureCreatedAsync();
        await Task.WhenAll(run._nodes.Select(node => node.Start()));

        var bus = Bus.Factory.CreateUsingRabbitMq(cfg => cfg.Host(run._rabbit.Uri));
        await bus.StartAsync();
        try
        {
            await run.Execute(steps, await bus.GetSendEndpoint(new Uri("queue:accounts")), log);
            await run.Settle();
            return await run.Count();
        }
        finally
        {
            await bus.StopAsync();
        }
    }

    private async Task Execute(IEnumerable<Step> steps, ISendEndpoint accounts, TextWriter? log)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var step in steps)
        {
            log?.WriteLine(JsonSerializer.Serialize(step));
            var wait = TimeSpan.FromMilliseconds(step.At) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.FromMilliseconds(2))
                await Pause.For(wait);

            _done[step.Do] = _done.GetValueOrDefault(step.Do) + 1;
            if (step.Do is "poke" or "again")
            {
                _attempted.TryAdd(step.Poke, step);
                await accounts.Send(
                    new Poke { AccountId = step.Account, PokeId = step.Poke, Kind = step.Kind!, Failures = step.Failures },
                    context => context.MessageId = step.Poke);
            }
            else
            {
                _disturbances.RemoveAll(task => task.IsCompletedSuccessfully);
                _disturbances.Add(Disturb(step));
            }
        }
    }

    private async Task Disturb(Step step)
    {
        var length = TimeSpan.FromMilliseconds(step.Amount);
        switch (step.Do)
        {
            case "reset-postgres":
                _toPostgres.Reset();
                break;
            case "reset-rabbit":
                _toRabbit.Reset();
                break;
            case "cut-postgres":
                _toPostgres.Cut();
                await Pause.For(length);
                _toPostgres.Restore();
                break;
            case "cut-rabbit":
                _toRabbit.Cut();
                await Pause.For(length);
                _toRabbit.Restore();
                break;
            case "swallow-postgres":
                _toPostgres.Swallow();
                await Pause.For(length);
                _toPostgres.Restore();
                break;
            case "swallow-rabbit":
                _toRabbit.Swallow();
                await Pause.For(length);
                _toRabbit.Restore();
                break;
            case "terminate-backends":
                await _database.TerminateConnectionsAsync();
                break;
            case "close-connections":
                // The publisher's own connection goes too; it sends again what was not confirmed.
                _toRabbit.Reset();
                await _database.TerminateConnectionsAsync();
                break;
            case "kill":
                await _nodes[step.Amount % _nodes.Length].KillAndStart();
                break;
            default:
                throw new InvalidOperationException($"Unknown step {step.Do}");
        }
    }

    private async Task Settle()
    {
        await Task.WhenAll(_disturbances);
        _toPostgres.Restore();
        _toRabbit.Restore();
        await Eventually.Sees(
            async () =>
            {
                var queued = (await _rabbit.QueuesAsync()).Where(queue => queue.Name is "accounts" or "effects").Sum(queue => queue.Ready + queue.Unacked);
                await using var db = ChaosDb.Open(_database.ConnectionString);
                var outbox = await _database.ScalarAsync<long>("""SELECT count(*) FROM "OutboxMessage" """);
                var missing = await _database.ScalarAsync<long>(
                    """SELECT count(*) FROM pokes p WHERE NOT EXISTS (SELECT 1 FROM effects e WHERE e."PokeId" = p."PokeId")""");
                var outcomes = await _database.ScalarAsync<long>("""SELECT count(DISTINCT "PokeId") FROM pokes""");
                var parked = (await _rabbit.QueuesAsync()).Where(queue => queue.Name == "accounts_error").Sum(queue => queue.Ready);
                return $"queued {queued}, outbox {outbox}, without effect {missing}, open {Math.Max(0, _attempted.Count - outcomes - parked)}";
            },
            seen => seen == "queued 0, outbox 0, without effect 0, open 0",
            "everything at rest",
            TimeSpan.FromMinutes(4));
    }

    private async Task<ChaosCounters> Count()
    {
        var rows = await _database.QueryAsync(
            """SELECT "PokeId", "AccountId", "Kind", "Outcome" FROM pokes ORDER BY "Id" """,
            reader => (Poke: reader.GetGuid(0), Account: reader.GetGuid(1), Kind: reader.GetString(2), Outcome: reader.GetString(3)));
        var effects = await _database.QueryAsync<Guid>("""SELECT "PokeId" FROM effects""");
        var parked = new HashSet<Guid>();
        foreach (var message in await _rabbit.TakeAsync("accounts_error", 100_000))
        {
            using var body = JsonDocument.Parse(message.Body);
            parked.Add(body.RootElement.GetProperty("message").GetProperty("pokeId").GetGuid());
        }

        // The model: what each account must have become, told the events in the order in which they were stored.
        var states = new Dictionary<Guid, (string State, int Applied, int Refused)>();
        var wrong = 0;
        foreach (var (_, account, kind, outcome) in rows)
        {
            var before = states.GetValueOrDefault(account, ("Running", 0, 0));
            var next = AccountStateMachine.Next(before.Item1, kind);
            if (outcome != (next is null ? "refused" : "applied"))
                wrong++;
            states[account] = next is null ? (before.Item1, before.Item2, before.Item3 + 1) : (next, before.Item2 + 1, before.Item3);
        }

        await using var db = ChaosDb.Open(_database.ConnectionString);
        foreach (var account in await db.Set<Account>().AsNoTracking().ToListAsync())
        {
            if (!states.TryGetValue(account.CorrelationId, out var expected) || expected != (account.CurrentState, account.Applied, account.Refused))
                wrong++;
            states.Remove(account.CorrelationId);
        }

        var outcomes = rows.Select(row => row.Poke).Concat(parked).ToHashSet();
        return new ChaosCounters
        {
            Attempted = _attempted.Count,
            Applied = rows.Count(row => row.Outcome == "applied"),
            Refused = rows.Count(row => row.Outcome == "refused"),
            Parked = parked.Count,
            Lost = _attempted.Keys.Count(poke => !outcomes.Contains(poke)),
            Duplicated = rows.Count - rows.Select(row => row.Poke).Distinct().Count() + rows.Count(row => parked.Contains(row.Poke)),
            Effects = effects.Count,
            EffectsDuplicated = effects.Count - effects.Distinct().Count(),
            EffectsMissing = rows.Select(row => row.Poke).Except(effects).Count(),
            WrongStates = wrong + states.Count,
            WrongParked = parked.Count(poke => _attempted[poke].Failures <= ChaosNode.Retries),
            Steps = _done,
        };
    }
}
