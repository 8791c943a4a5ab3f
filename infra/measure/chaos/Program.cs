using System.Text.Json;
using DevopsCd.Chaos;
using DevopsCd.Testing;
using DevopsCd.Testing.Chaos;

const string Usage =
    """
    infra/measure/chaos/run <figure>... [--seed N] [--batches N] [--kills N] [--samples N] [--seconds N] [--commands N] [--counting 0|1]
      kills     kill -9 of the host at random moments while batches run
      hosts     the same with two hosts on one broker and database
      stops     the same with SIGTERM, which ends a host in good order
      upgrade --from REF [--minutes N] [--again 0|1]
                the version of that commit and this one on one database and broker, for --minutes 5: the older alone, both, the older again (from a new
                start unless --again 0), both, the newer alone
      machine-lost     two hosts, one of which vanishes with its connections open
      parted           two hosts, one of which is cut off from the database, or from the broker, with its connections open
      frozen           two hosts, one of which stands still for longer than its leases (SIGSTOP) and wakes up
      held-row         somebody holds the row of one batch, with 40 orders for it in the queue
      soak      an even load for long (--minutes, --batches-a-minute, --builds-a-second, --watchers, --pages): memory, latencies, what waits
      costs     what a build, a batch, a watcher, a page and another host cost host, PostgreSQL and broker (--batches, --builds, --watchers, --seconds at rest)
      large     one batch of 500 applications in 20 levels, instant deploys; --counting 1 counts round trips to PostgreSQL
      stalled-broker   the broker connections go silent under running batches and stay dead
      connections      200 commands at once, two hosts, a PostgreSQL of its own with max_connections 100
      clocks    two hosts, the clock of one ahead by two minutes
      silent-body      the deploy service sends headers and no body, for one cluster
      refused-look     looks are refused (401, 403, 302, 404) by somebody in front of the deploy service
      lost-answers     the answers to submits are lost and stops are refused with 503
      commit-cut       the answer to every third COMMIT is cut off on its way
      database-crash   a PostgreSQL of its own ends as in a crash and recovers, several times
      database-takeover  it crashes for good, and its standby takes over at the same address
      database-slow    a quarter of a second more each way between host and database
      statement-cancels  whatever the host has PostgreSQL do is cancelled, and now and then a session ended
      database-frozen  its sessions stand still (SIGSTOP) for longer than the host's leases
      database-full    a PostgreSQL of its own on a disk without a byte left (needs root: mounts a tmpfs)
      wal-full         the same with its write-ahead log
      sqlite-full      the same with the embedded mode's file
      sqlite-kill      kill -9 of the embedded mode
      broker-restart   a RabbitMQ of its own stops and starts, several times
      consumer-timeout a RabbitMQ of its own closes the host's channels for deliveries that are not acknowledged in time (SIGSTOP)
      broker-kill      its node is killed (kill -9) and starts on its disk, several times
      broker-memory    it raises its memory alarm
      broker-disk      the same with its disk alarm
      latency   an idle system: event in → committed, build in → release refreshed; --counting 1 counts round trips to PostgreSQL
      all       all of them
    Every run adds a JSON line to artifacts/chaos/history.jsonl.
    """;

var figures = args.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
var options = args.Skip(figures.Length).Chunk(2).ToDictionary(pair => pair[0],
    pair => int.Parse(pair.ElementAtOrDefault(1) ?? "", System.Globalization.CultureInfo.InvariantCulture));
if (figures is ["all"]) figures = ["latency", "large", "kills", "hosts", "stops", "machine-lost", "parted", "frozen", "held-row", "stalled-broker", "connections", "clocks",
    .. DeployTroubleRun.Figures.Keys, .. ServerTrouble.Figures.Keys];
if (figures.Length == 0)
{
    Console.WriteLine(Usage);
    return 2;
}

var failures = 0;
foreach (var figure in figures)
{
    switch (figure)
    {
        case "kills":
        case "hosts":
        case "stops":
            var plan = new KillPlan
            {
                Trouble = figure == "stops" ? Trouble.Stopped : Trouble.Killed,
                Hosts = figure == "kills" ? 1 : 2,
                Batches = Option("--batches", 50),
                Kills = Option("--kills", 20),
                Seed = Option("--seed", Environment.TickCount),
            };
            var kills = await KillRun.RunAsync(plan, Say);
            Report(figure, kills, kills.Violations);
            break;
        case "upgrade":
            if (Environment.GetEnvironmentVariable("DEVOPSCD_CHAOS_PREVIOUS") is not { Length: > 0 } previous)
            {
                Console.WriteLine("upgrade: say with --from REF which version runs beside this one; infra/measure/chaos/run builds it.");
                return 2;
            }

            var upgraded = await KillRun.RunAsync(new KillPlan
            {
                Trouble = Trouble.Upgraded,
                Previous = previous,
                StartsAgain = Option("--again", 1) != 0,
                Hosts = 2,
                Kills = 4,
                Lasts = TimeSpan.FromMinutes(Option("--minutes", 5)) / 5,
                Batches = Option("--batches", 60),
                Seed = Option("--seed", Environment.TickCount),
            }, Say);
            Report(figure, upgraded, upgraded.Violations);
            break;
        case "machine-lost":
        case "parted":
        case "frozen":
        case "held-row":
            var struck = await KillRun.RunAsync(new KillPlan
            {
                Trouble = figure switch { "machine-lost" => Trouble.MachineLost, "parted" => Trouble.Parted, "frozen" => Trouble.Frozen, _ => Trouble.HeldRow },
                Hosts = 2,
                Batches = Option("--batches", 36),
                Kills = Option("--kills", 3),
                Seed = Option("--seed", Environment.TickCount),
            }, Say);
            Report(figure, struck, struck.Violations);
            break;
        case "large":
            var large = await LargeBatchRun.RunAsync(Option("--applications", 500), 20, concurrentApps: 5, counting: Option("--counting", 0) != 0, Say);
            Report(figure, large, large.Violations);
            break;
        case "soak":
            var load = new SoakLoad(TimeSpan.FromMinutes(Option("--minutes", 60)))
            {
                BatchesPerMinute = Option("--batches-a-minute", 40),
                BuildsPerSecond = Option("--builds-a-second", 50),
                Watchers = Option("--watchers", 200),
                Pages = Option("--pages", 20)
            };
            var soaked = await SoakRun.RunAsync(load, async (address, count) => await OpenPages.OfAsync(address, count), Say);
            Report(figure, soaked, soaked.Violations);
            break;
        case "costs":
            var costs = await CostsRun.RunAsync(Option("--batches", 60), Option("--builds", 1500), Option("--watchers", 200),
                TimeSpan.FromSeconds(Option("--seconds", 60)), Say);
            Report(figure, costs, costs.Violations);
            break;
        case "stalled-broker":
            var stalled = await StalledBrokerRun.RunAsync(Option("--batches", 12), TimeSpan.FromSeconds(Option("--seconds", 30)), Say);
            Report(figure, stalled, stalled.Violations);
            break;
        case "connections":
            var connections = await ConnectionsRun.RunAsync(Option("--commands", 200), ownServer: true, Say);
            Report(figure, connections, connections.Violations);
            break;
        case "clocks":
            var clocks = await ClocksRun.RunAsync(Option("--batches", 12), TimeSpan.FromSeconds(Option("--seconds", 120)), Say);
            Report(figure, clocks, clocks.Violations);
            break;
        case var trouble when DeployTroubleRun.Figures.ContainsKey(trouble):
            var troubled = await DeployTroubleRun.RunAsync(trouble, Option("--batches", 24), TimeSpan.FromSeconds(Option("--seconds", 60)), Say);
            Report(figure, troubled, troubled.Violations);
            break;
        case var server when ServerTrouble.Figures.ContainsKey(server):
            var served = await ServerTroubleRun.RunAsync(server, Option("--batches", 12), TimeSpan.FromSeconds(Option("--seconds", 20)), Say);
            Report(figure, served, served.Violations);
            break;
        case "latency":
            Report(figure, await LatencyRun.RunAsync(Option("--samples", 300), Option("--counting", 0) != 0, Say), []);
            break;
        default:
            Console.WriteLine($"'{figure}' is no figure.{Environment.NewLine}{Usage}");
            return 2;
    }
}

return failures == 0 ? 0 : 1;

int Option(string name, int standard) => options.GetValueOrDefault(name, standard);

void Say(string text) => Console.WriteLine($"  {TimeProvider.System.GetLocalNow():HH:mm:ss} {text}");

void Report<T>(string figure, T report, IReadOnlyList<string> violations)
{
    var line = JsonSerializer.Serialize(new { at = TimeProvider.System.GetUtcNow(), figure, cores = Environment.ProcessorCount, report },
        JsonSerializerOptions.Web);
    var history = Repository.PathTo("artifacts", "chaos", "history.jsonl");
    Directory.CreateDirectory(Path.GetDirectoryName(history)!);
    File.AppendAllText(history, line + Environment.NewLine);
    Console.WriteLine(line);
    foreach (var violation in violations) Console.WriteLine($"VIOLATION {violation}");
    failures += violations.Count;
}
