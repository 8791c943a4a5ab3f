using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Requests;

/// <summary>
/// What was sent under a key is done once. The row that says so is written by the transaction of the request itself, so that no crash parts
/// the two; the answer is added afterwards.
/// </summary>
internal sealed class RememberedRequests(CdDbContext db, IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>How long a key stands for its request.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>What was sent under the key within <see cref="Kept" />; null for nothing.</summary>
    public Task<RememberedRequest?> FindAsync(Guid id, CancellationToken cancellationToken) => InScopeAsync(async rows =>
    {
        var found = await rows.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (found is null || found.CreatedAt > clock.GetUtcNow() - Kept)
            return found;
        await rows.Where(r => r.Id == id && r.CreatedAt == found.CreatedAt).ExecuteDeleteAsync(cancellationToken);
        return null;
    });

    /// <summary>One try of a request; its key is not taken yet.</summary>
    public RememberedRequest New(Guid id, string fingerprint) =>
        new() { Id = id, Try = NewId.NextGuid(), Fingerprint = fingerprint, CreatedAt = clock.GetUtcNow() };

    /// <summary>The first save of this scope's context takes the key, with all that it saves beside; it fails as a duplicate when the key is taken.</summary>
    public void TakeWithTheNextSave(RememberedRequest mine) => db.Add(mine);

    /// <summary>Takes the key now, for work that is not one transaction of this scope's context: after a crash it counts as done.</summary>
    /// <returns>False when the key is taken.</returns>
    public async Task<bool> TakeAsync(RememberedRequest mine, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var own = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        own.Add(mine);
        try
        {
            await own.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException taken) when (DatabaseFailures.Of(taken) == DatabaseFailure.Duplicate)
        {
            return false;
        }
    }

    /// <summary>Stores the answer; also of a request that has changed nothing, and so has not taken its key yet.</summary>
    /// <returns>False when another request has taken the key: its answer counts.</returns>
    public async Task<bool> RememberAsync(RememberedRequest mine, int status, string headers, byte[] body)
    {
        var stored = await InScopeAsync(rows => rows.Where(r => r.Id == mine.Id && r.Try == mine.Try).ExecuteUpdateAsync(
            row => row.SetProperty(r => r.Status, status).SetProperty(r => r.Headers, headers).SetProperty(r => r.Body, body), CancellationToken.None));
        return stored > 0 || await TakeAsync(
            new RememberedRequest
            {
                Id = mine.Id,
                Try = mine.Try,
                Fingerprint = mine.Fingerprint,
                CreatedAt = mine.CreatedAt,
                Status = status,
                Headers = headers,
                Body = body
            }, CancellationToken.None);
    }

    /// <summary>Gives the key back: what was sent under it has come to nothing.</summary>
    public Task ForgetAsync(RememberedRequest mine) =>
        InScopeAsync(rows => rows.Where(r => r.Id == mine.Id && r.Try == mine.Try).ExecuteDeleteAsync(CancellationToken.None));

    /// <summary>In a context of its own: what the request has begun in the scope's stays as it is.</summary>
    private async Task<T> InScopeAsync<T>(Func<DbSet<RememberedRequest>, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<RememberedRequest>());
    }
}
