using DevopsCd.Core.Observability;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Data;

/// <summary>Removes rows of a table whose age the configuration limits.</summary>
/// <typeparam name="T">The rows; their key is an <c>Id</c> that grows.</typeparam>
/// <param name="what">What they are, in the plural, for the log.</param>
/// <param name="age">How old they have to be.</param>
/// <param name="old">Those of before a time that nothing needs.</param>
/// <param name="scopes">Each statement has a context of its own.</param>
/// <param name="watch">Watches over it.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Is told when they could not be removed.</param>
internal sealed class OldRows<T>(string what, TimeSpan age, Func<CdDbContext, DateTimeOffset, IQueryable<T>> old, IServiceScopeFactory scopes,
    WorkWatch watch, TimeProvider clock, ILogger<OldRows<T>> log) : PeriodicCleaning(what, watch, clock, log) where T : class
{
    private const string Id = "Id";

    /// <inheritdoc />
    public override async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        var before = Clock.GetUtcNow() - age;
        // From where the last statement has ended: what is kept, and what was removed, is not looked through again.
        for (var (removed, last) = (0, 0L); ;)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            // Read first: a statement that finds and removes at once locks what it looks through on its way.
            var some = await old(db, before).Select(row => EF.Property<long>(row, Id)).Where(id => id > last).OrderBy(id => id).Take(AtOnce)
                .ToListAsync(cancellationToken);
            // Judged again: somebody may need one of them since.
            removed += await old(db, before).Where(row => some.Contains(EF.Property<long>(row, Id))).ExecuteDeleteAsync(cancellationToken);
            if (some.Count < AtOnce)
                return removed;
            last = some[^1];
        }
    }
}

/// <summary>Registers <see cref="OldRows{T}" />.</summary>
internal static class OldRowsRegistration
{
    /// <param name="services">The services.</param>
    /// <param name="what">What the rows are, in the plural, for the log.</param>
    /// <param name="age">How old they become; null: they are kept.</param>
    /// <param name="old">Those of before a time that nothing needs.</param>
    public static IServiceCollection AddRetention<T>(this IServiceCollection services, string what, TimeSpan? age,
        Func<CdDbContext, DateTimeOffset, IQueryable<T>> old) where T : class
    {
        if (age is not { } limit)
            return services;
        return services.AddWorkWatch()
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<OldRows<T>>(provider, what, limit, old))
            .AddHostedService(provider => provider.GetRequiredService<OldRows<T>>());
    }
}
