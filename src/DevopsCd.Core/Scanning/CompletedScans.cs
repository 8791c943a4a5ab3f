using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// When the last scan of all hosts was completed. It is a scheduled message that one of them consumes, so that it comes while the schedule runs
/// and consumers consume.
/// </summary>
internal sealed class CompletedScans(IServiceScopeFactory scopes)
{
    /// <summary>The row holds seconds since 1970.</summary>
    private const string Name = "scan completed";

    public async Task RecordAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var second = at.ToUnixTimeSeconds();
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().Database.ExecuteSqlAsync(
            $"INSERT INTO counters (name, value) VALUES ({Name}, {second}) ON CONFLICT (name) DO UPDATE SET value = excluded.value", cancellationToken);
    }

    /// <summary>Null where none ever was.</summary>
    public async Task<DateTimeOffset?> LastAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var values = await scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<Counter>().AsNoTracking()
            .Where(c => c.Name == Name).Select(c => c.Value).ToListAsync(cancellationToken);
        return values.Count == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(values[0]);
    }
}
