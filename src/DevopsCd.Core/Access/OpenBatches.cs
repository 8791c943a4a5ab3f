using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Access;

/// <summary>The open batches that stand in the way of something, in the words of a refusal: whoever may not view one does not learn its number (R3).</summary>
internal static class OpenBatches
{
    private const int MostNamed = 20;

    /// <summary>Which of these applications are in an open batch, and in which.</summary>
    /// <param name="db">Where.</param>
    /// <param name="applications">Their ids.</param>
    /// <param name="visible">What the asker may view.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when none of them is.</returns>
    public static async Task<Sentence?> TakenAsync(this CdDbContext db, IReadOnlyCollection<long> applications, Visible visible,
        CancellationToken cancellationToken)
    {
        var taken = await db.Releases.Where(r => r.IsOpen && applications.Contains(r.AppId)).OrderBy(r => r.App.Name).Take(MostNamed)
            .Select(r => new { r.App.Name, r.BatchId }).ToListAsync(cancellationToken);
        if (taken.Count == 0)
            return null;
        var ids = taken.Select(t => t.BatchId).Distinct().ToList();
        var numbers = await db.Batches.Where(b => ids.Contains(b.Id)).In(visible).ToDictionaryAsync(b => b.Id, b => b.BatchNumber, cancellationToken);
        return Sentence.Join(taken.Select(t => numbers.TryGetValue(t.BatchId, out var number)
            ? (Sentence)$"{t.Name} is in open batch {number}"
            : (Sentence)$"{t.Name} is in an open batch that you may not view"));
    }
}
