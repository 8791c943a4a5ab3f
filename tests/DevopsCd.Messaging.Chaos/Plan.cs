namespace DevopsCd.Messaging.Chaos;

/// <summary>What happens when, from a seed alone.</summary>
internal sealed class Plan(int seed, TimeSpan length, int perSecond, int nodes)
{
    private static readonly string[] s_kinds = ["touch", "touch", "touch", "freeze", "thaw", "thaw", "touch", "close"];

    private static readonly string[] s_disturbances =
        ["reset-postgres", "reset-rabbit", "cut-postgres", "cut-rabbit", "swallow-postgres", "swallow-rabbit", "terminate-backends", "close-connections",
            "kill"];

    internal IEnumerable<Step> Steps()
    {
        var random = new Random(seed);
        var accounts = Enumerable.Range(0, 40).Select(_ => NextGuid(random)).ToArray();
        var held = new List<Step>();
        var recent = new Queue<Step>();
        var disturbance = 2000 + random.Next(3000);
        for (double at = 0; at < length.TotalMilliseconds; at += -Math.Log(1 - random.NextDouble()) * 1000 / perSecond)
        {
            if (at >= disturbance)
            {
                yield return Disturb(random, disturbance);
                disturbance += 1500 + random.Next(5000);
            }

            if (random.Next(20) == 0)
                accounts[random.Next(accounts.Length)] = NextGuid(random);

            var poke = new Step
            {
                At = at,
                Do = "poke",
                Account = accounts[random.Next(accounts.Length)],
                Poke = NextGuid(random),
                Kind = s_kinds[random.Next(s_kinds.Length)],
                Failures = random.Next(100) switch { < 3 => 1_000_000, < 12 => 1 + random.Next(3), _ => 0 },
            };

            // Some are held back and overtaken by later ones, some are sent twice, at once or long after.
            if (random.Next(10) == 0)
                held.Add(poke);
            else
                yield return poke;
            if (held.Count > 0 && random.Next(4) == 0)
            {
                yield return held[0] with { At = at };
                recent.Enqueue(held[0]);
                held.RemoveAt(0);
            }

            recent.Enqueue(poke);
            if (recent.Count > 400)
                recent.Dequeue();
            if (random.Next(8) == 0 && !held.Contains(poke))
                yield return poke with { Do = "again" };
            if (random.Next(12) == 0)
            {
                var old = recent.ElementAt(random.Next(recent.Count));
                if (!held.Contains(old))
                    yield return old with { At = at, Do = "again" };
            }
        }

        foreach (var poke in held)
            yield return poke with { At = length.TotalMilliseconds };
    }

    private Step Disturb(Random random, int at)
    {
        var what = s_disturbances[random.Next(s_disturbances.Length)];
        return new Step { At = at, Do = what, Amount = what == "kill" ? random.Next(nodes) : 200 + random.Next(2000) };
    }

    private static Guid NextGuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
