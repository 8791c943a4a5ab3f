using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Releases;

/// <summary>All that can stand in the way of events of batches.</summary>
internal sealed class EventGuards(IEnumerable<IEventGuard> guards)
{
    private readonly IReadOnlyList<IEventGuard> _guards = [.. guards];

    /// <summary>The guards of an event, in the order in which they are asked.</summary>
    public IEnumerable<IEventGuard> Of(BatchEventType type) => _guards.Where(guard => guard.Guards(type));

    /// <summary>Everything that stands in the way of an event now.</summary>
    public async Task<IReadOnlyList<Obstacle>> ObstaclesAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        var found = new List<Obstacle>();
        foreach (var guard in Of(question.Type))
            if (await guard.CheckAsync(question, cancellationToken) is { } obstacle)
                found.Add(obstacle with { Guard = guard.Name });
        return found;
    }

    /// <summary>Lets an event pass, or refuses it by the first obstacle and whatever else of its kind there is.</summary>
    /// <exception cref="BatchRefusedException">Something stands in its way.</exception>
    public async Task PassAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        var found = new List<Obstacle>();
        foreach (var guard in Of(question.Type))
        {
            if (await guard.CheckAsync(question, cancellationToken) is not { } obstacle || (found.Count > 0 && found[0].Kind != obstacle.Kind))
                continue;
            found.Add(obstacle);
            // What was asked, or seen, wrongly says nothing about what else there may be.
            if (obstacle.Kind != RefusalKind.Illegal)
                break;
        }
        if (found.Count > 0)
            throw new BatchRefusedException(found[0].Kind, Sentence.Join(found.Select(o => o.Reason)))
            {
                State = question.Batch.Status,
                Lifts = found.TrueForAll(o => o.Lifts),
                Fields = found.SelectMany(o => o.Fields).GroupBy(f => f.Key, StringComparer.Ordinal).ToDictionary(g => g.Key,
                    g => g.SelectMany(f => f.Value).ToArray(), StringComparer.Ordinal)
            };
    }
}

/// <summary>Registration of guards.</summary>
internal static class EventGuardRegistration
{
    /// <summary>One more thing that can stand in the way of events.</summary>
    public static IServiceCollection AddGuard<TGuard>(this IServiceCollection services) where TGuard : class, IEventGuard =>
        services.AddScoped<IEventGuard, TGuard>();
}
