using System.Globalization;
using DevopsCd.Messaging.Chaos;

switch (args)
{
    case ["scheduler", var postgres, var rabbit]:
        return await SchedulerNode.Run(postgres, new Uri(rabbit));
    case ["node", var postgres, var rabbit]:
        return await ChaosNode.Run(postgres, new Uri(rabbit));
    case ["run", var seed, var seconds, .. var rest]:
        {
            await using var log = rest is [var path, ..] ? new StreamWriter(path) : null;
            var perSecond = rest is [_, var rate, ..] ? int.Parse(rate, CultureInfo.InvariantCulture) : 40;
            var counters = await ChaosRun.OfSeed(
                int.Parse(seed, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), perSecond, log: log);
            Console.WriteLine($"seed {seed}, {seconds} s: {(counters.Right ? "right" : "WRONG")}: {counters}");
            return counters.Right ? 0 : 1;
        }

    case ["replay", var path]:
        {
            var counters = await ChaosRun.OfLog(path);
            Console.WriteLine($"{path}: {(counters.Right ? "right" : "WRONG")}: {counters}");
            return counters.Right ? 0 : 1;
        }

    default:
        Console.Error.WriteLine(
            "usage: run <seed> <seconds> [log.jsonl [events a second]] | replay <log.jsonl> | node <postgres> <rabbitmq> | scheduler <postgres> <rabbitmq>");
        return 2;
}
