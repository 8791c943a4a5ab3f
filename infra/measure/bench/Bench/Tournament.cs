using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace DevopsCd.Bench;

/// <summary>Runs every contestant in a process, database and virtual host of its own, several rounds in turn, and writes the table.</summary>
internal static class Tournament
{
    // Carried over from shared measurements on a quiet machine of the same kind; the official package cannot be restored here.
    private const double OfficialThen = 259, OfficialTunedThen = 329, BatchedFloorThen = 2672;

    private static readonly string[] All = ["rabbitmq", "floor-one", "floor-batched", "floor-two", "in-memory-outbox", "wolverine", "ours"];

    internal static async Task<int> Run(string[] args)
    {
        var sagas = int.Parse(Argument(args, "--sagas") ?? "300", CultureInfo.InvariantCulture);
        var rounds = int.Parse(Argument(args, "--rounds") ?? "3", CultureInfo.InvariantCulture);
        var latency = int.Parse(Argument(args, "--latency") ?? "10", CultureInfo.InvariantCulture);
        var guest = Argument(args, "--guest");
        string[] asked = [.. Argument(args, "--only")?.Split(',') ?? All, .. guest is null ? Array.Empty<string>() : ["guest"]];
        var contestants = asked.Where(contestant => File.Exists(Program(contestant, guest))).ToArray();
        foreach (var contestant in asked.Except(contestants))
            Console.WriteLine($"{contestant}: not built, left out");
        var preload = int.Parse(Argument(args, "--preload") ?? "0", CultureInfo.InvariantCulture);
        var readme = Argument(args, "--readme");

        var results = new List<Result>();
        var complete = true;
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                var result = await RunOne(contestant, sagas, latency, preload, guest);
                if (result is null)
                {
                    complete = false;
                    continue;
                }

                results.Add(result);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"round {round} {contestant,-18} {result.EventsPerSecond,7:0} events/s  p50 {result.P50:0.0}  p99 {result.P99:0.0} ms  app {result.AppCores:0.00} pg {result.PostgresCores:0.00} mq {result.BrokerCores:0.00} cores  {result.RoundTripsPerEvent:0.0} trips {result.StatementsPerEvent:0.0} statements {result.TransactionsPerEvent:0.0} tx  {result.AllocatedPerEvent / 1024:0} KiB"));
            }
        }

        var medians = contestants.Select(name => Median(results.Where(result => result.Contestant == name).ToArray())).OfType<Result>().ToArray();
        var table = Table(medians, sagas, rounds);
        Console.WriteLine(table);
        if (!complete)
        {
            Console.Error.WriteLine("A contestant has no result: no table is written");
            return 1;
        }

        if (readme is not null)
            Write(readme, table);
        return 0;
    }

    internal static string? Argument(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var index ? args[index + 1] : null;

    internal static string Program(string contestant, string? guest) => contestant switch
    {
        "guest" => guest!,
        "wolverine" => Path.Combine(AppContext.BaseDirectory, "../../../../Wolverine/bin/Release/net10.0/DevopsCd.Bench.Wolverine.dll"),
        _ => Path.Combine(AppContext.BaseDirectory, "DevopsCd.Bench.dll"),
    };

    private static async Task<Result?> RunOne(string contestant, int sagas, int latency, int preload, string? guest) =>
        await Started(contestant, sagas, latency, preload, guest, "") is { } text ? JsonSerializer.Deserialize<Result>(text)! with { Contestant = contestant } : null;

    /// <summary>What one contestant has written, in a process, database and virtual host of its own; null when it has come to nothing.</summary>
    internal static async Task<string?> Started(string contestant, int sagas, int latency, int preload, string? guest, string curve)
    {
        var server = Environment.GetEnvironmentVariable("DEVOPSCD_TEST_POSTGRES")
            ?? "Host=127.0.0.1;Port=15432;Username=devopscd;Password=devopscd;Database=postgres";
        var broker = new Uri(Environment.GetEnvironmentVariable("DEVOPSCD_TEST_RABBITMQ") ?? "amqp://devopscd:devopscd@127.0.0.1:15673/");
        var api = new Uri(Environment.GetEnvironmentVariable("DEVOPSCD_TEST_RABBITMQ_API") ?? "http://127.0.0.1:15674");
        var name = $"bench_{Guid.NewGuid():N}"[..20];
        var output = Path.GetTempFileName();

        await using var database = NpgsqlDataSource.Create(server);
        using var http = new HttpClient { BaseAddress = api };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(broker.UserInfo)));
        await using (var create = database.CreateCommand($"CREATE DATABASE {name}"))
            await create.ExecuteNonQueryAsync();
        (await http.PutAsJsonAsync($"/api/vhosts/{name}", new { })).EnsureSuccessStatusCode();
        try
        {
            var options = new Options(
                contestant == "guest" ? "ours" : contestant, new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString,
                new UriBuilder(broker) { Path = "/" + name }.Uri.ToString(), sagas, latency, output, preload, curve);
            using var process = Process.Start(new ProcessStartInfo("dotnet", [Program(contestant, guest), .. options.ToArguments()]))!;
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10 + sagas * Advance.Steps / 3000.0));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Console.WriteLine($"{contestant}: not done in time, killed");
                process.Kill();
                await process.WaitForExitAsync();
            }

            var text = await File.ReadAllTextAsync(output);
            if (text.Length > 0)
                return text;
            Console.WriteLine($"{contestant}: no result, exit code {process.ExitCode}");
            return null;
        }
        finally
        {
            File.Delete(output);
            await http.DeleteAsync($"/api/vhosts/{name}");
            await using var drop = database.CreateCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            await drop.ExecuteNonQueryAsync();
        }
    }

    private static Result? Median(Result[] results)
    {
        if (results.Length == 0)
            return null;

        double Of(Func<Result, double?> value)
        {
            var sorted = results.Select(value).OfType<double>().Order().ToArray();
            return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
        }

        return new Result
        {
            Contestant = results[0].Contestant,
            EventsPerSecond = Of(r => r.EventsPerSecond),
            AppCores = Of(r => r.AppCores),
            PostgresCores = Of(r => r.PostgresCores),
            BrokerCores = Of(r => r.BrokerCores),
            AllocatedPerEvent = Of(r => r.AllocatedPerEvent),
            P50 = Of(r => r.P50),
            P99 = Of(r => r.P99),
            RoundTripsPerEvent = Of(r => r.RoundTripsPerEvent),
            StatementsPerEvent = Of(r => r.StatementsPerEvent),
            TransactionsPerEvent = Of(r => r.TransactionsPerEvent),
            WorkingSetMb = Of(r => r.WorkingSetMb),
        };
    }

    private static string Table(Result[] results, int sagas, int rounds)
    {
        var batched = results.FirstOrDefault(result => result.Contestant == "floor-batched")?.EventsPerSecond;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"Measured {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores for everything, load average of the last minute {File.ReadAllText("/proc/loadavg").Split(' ')[0]}; {(rounds == 1 ? "one round" : $"medians of {rounds} rounds")} of {sagas} sagas × {Advance.Steps} events.\n\n");
        text.Append("| | events/s | of the batched floor | p50 / p99 ms at 50/s | app / PostgreSQL / broker cores | CPU ms an event, app + PostgreSQL | round trips | statements | transactions | KiB allocated |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var r in results.OrderByDescending(result => result.EventsPerSecond))
            text.Append(CultureInfo.InvariantCulture,
                $"| {Title(r.Contestant)} | {r.EventsPerSecond:0} | {Ratio(r.EventsPerSecond / batched)} | {Number(r.P50)} / {Number(r.P99)} | {r.AppCores:0.00} / {r.PostgresCores:0.00} / {r.BrokerCores:0.00} | {(r.AppCores + r.PostgresCores) * 1000 / r.EventsPerSecond:0.00} | {Number(r.RoundTripsPerEvent)} | {Number(r.StatementsPerEvent)} | {Number(r.TransactionsPerEvent)} | {r.AllocatedPerEvent / 1024:0} |\n");
        if (batched is { } floor && results.All(result => result.Contestant != "guest"))
            text.Append(CultureInfo.InvariantCulture,
                $"| *official package (carried over: {OfficialThen}, tuned {OfficialTunedThen}, scaled by this run's batched floor / {BatchedFloorThen})* | *{OfficialThen * floor / BatchedFloorThen:0}, tuned {OfficialTunedThen * floor / BatchedFloorThen:0}* | *{OfficialThen / BatchedFloorThen:0.00}, tuned {OfficialTunedThen / BatchedFloorThen:0.00}* | | | | | | | |\n");
        return text.ToString();
    }

    private static string Title(string contestant) => contestant switch
    {
        "rabbitmq" => "RabbitMQ relay, nothing stored",
        "floor-one" => "SQL floor: one transaction, saga and audit only",
        "floor-batched" => "SQL floor: two transactions, batched",
        "floor-two" => "SQL floor: two transactions, statement by statement",
        "in-memory-outbox" => "our saga repository, MassTransit's in-memory outbox (loses messages in a crash)",
        "wolverine" => "Wolverine 6.62, durable inbox and outbox, SQL by hand in its transaction (no saga mapping)",
        "ours" => "**DevopsCd.Messaging**",
        "guest" => "the same program compiled against the official package",
        _ => contestant,
    };

    private static string Ratio(double? value) => value is { } ratio && double.IsFinite(ratio) ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "–";

    private static string Number(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("0.0", CultureInfo.InvariantCulture) : "–";

    internal static void Write(string path, string table, string name = "table")
    {
        var (from, to) = ($"<!-- {name} -->", $"<!-- /{name} -->");
        var text = File.ReadAllText(path);
        var start = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        var end = text.IndexOf(to, StringComparison.Ordinal);
        File.WriteAllText(path, $"{text[..start]}\n{table}{text[end..]}");
    }
}
