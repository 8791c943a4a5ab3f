using DevopsCd.Core.Data;
using DevopsCd.Host.Access.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>Lets each proof of who somebody is count once among all instances.</summary>
internal sealed class UsedProofs(AccessDbContext db, TimeProvider clock)
{
    /// <summary>Uses a proof, at once and for good: whatever else the request writes may still fail.</summary>
    /// <param name="kind">What kind of proof it is, and whose.</param>
    /// <param name="proof">The proof.</param>
    /// <param name="life">For how long it would be taken.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when it was used before, or in the same moment.</returns>
    public async Task<bool> TakeAsync(string kind, string proof, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var used = db.UsedProofs.Add(new UsedProof { Id = Secrets.HashOf($"{kind}\n{proof}"), ExpiresAt = now + life });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException taken) when (DatabaseFailures.Of(taken) == DatabaseFailure.Duplicate)
        {
            used.State = EntityState.Detached;
            return false;
        }
        // A login is seldom: it takes with it what nobody would take any more.
        await db.UsedProofs.Where(u => u.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        return true;
    }
}
