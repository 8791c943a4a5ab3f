using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Access;

/// <summary>Reads of the audit of access.</summary>
internal sealed class AccessQueries(CdDbContext db)
{
    /// <summary>Newest first.</summary>
    /// <param name="visible">The projects whose rows are shown; rows of no project in particular are shown to whoever may see all.</param>
    /// <param name="subject">By kind and name; null for all.</param>
    /// <param name="project">Its name; null for all.</param>
    /// <param name="before">The id of the last one of the page before; null to begin.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<AccessEventView>> EventsAsync(
        Visible visible, string? subject, string? project, long? before, int limit, CancellationToken cancellationToken)
    {
        var query = db.Set<AccessEvent>().AsNoTracking().Where(e => e.Id < (before ?? long.MaxValue));
        if (!visible.All)
            query = query.Where(e => e.Project != null && visible.Projects.Contains(e.Project));
        if (subject is not null)
            query = query.Where(e => e.Subject == subject);
        if (project is not null)
            query = query.Where(e => e.Project == project);
        var rows = await query.OrderByDescending(e => e.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new Page<AccessEventView> { Items = [.. rows.Take(limit).Select(View)], NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].Id) : null };
    }

    private static AccessEventView View(AccessEvent row) => new()
    {
        Id = row.Id,
        At = row.At,
        Subject = row.Subject,
        Event = row.Event,
        Target = row.Target,
        Project = row.Project,
        Permission = row.Permission,
        Source = row.Source,
        Address = row.Address,
        Before = Json(row.Before),
        After = Json(row.After)
    };

    private static JsonElement? Json(string? text) => text is null ? null : JsonSerializer.Deserialize<JsonElement>(text);
}
