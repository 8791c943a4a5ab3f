using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Parking;

/// <summary>Reads parked messages.</summary>
internal sealed class ParkedQueries(CdDbContext db)
{
    /// <summary>Newest first, one more than asked for so that the caller sees whether there is a next page.</summary>
    public Task<List<ParkedMessage>> ListAsync(ParkedStatus? status, long? before, int count, CancellationToken cancellationToken) =>
        db.Set<ParkedMessage>().AsNoTracking()
            .Where(m => (status == null || m.Status == status) && (before == null || m.Id < before))
            .OrderByDescending(m => m.Id)
            .Take(count)
            .ToListAsync(cancellationToken);

    public Task<ParkedMessage?> FindAsync(long id, CancellationToken cancellationToken) =>
        db.Set<ParkedMessage>().AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken);

    /// <summary>What people did with it and what they tried, oldest first.</summary>
    public Task<List<ParkedAction>> ActionsAsync(long id, CancellationToken cancellationToken) =>
        db.Set<ParkedAction>().AsNoTracking().Where(a => a.ParkedId == id).OrderBy(a => a.Id).ToListAsync(cancellationToken);
}
