using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Changes;

/// <summary>Removes changes that nobody can resume from any more, some hundred a statement.</summary>
internal sealed class OldChanges(IServiceScopeFactory scopes, WorkWatch watch, TimeProvider clock, ILogger<OldChanges> log)
    : PeriodicCleaning("Old changes of batches", watch, clock, log)
{
    /// <summary>How long a change can be resumed from.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <inheritdoc />
    public override async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ChangeLog>().ForgetAsync(Clock.GetUtcNow() - Kept, AtOnce, cancellationToken);
    }
}
