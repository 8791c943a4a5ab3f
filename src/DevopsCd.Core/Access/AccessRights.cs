using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Access;

/// <summary>
/// The bindings that count now. They are kept in memory for as long as <see cref="Freshness" />; then one small row says whether they have
/// changed since. So what is taken from somebody is gone on every host that long after it was committed, and costs no query per request.
/// While the database does not answer nothing is allowed from memory: the question fails as the database does.
/// </summary>
internal sealed class AccessRights(IServiceScopeFactory scopes, RoleBook roles, AccessOptions options, TimeProvider clock)
{
    /// <summary>How old a decision's bindings may be.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    /// <summary>The row that counts changes.</summary>
    private const string Changes = "access";

    private readonly SemaphoreSlim _reading = new(1);
    private readonly List<BoundRole> _configured =
        [.. options.Bindings.Select(b => new BoundRole(b.Subject, b.Role, b.Project, BindingSource.Configuration))];

    private volatile Read? _last;

    /// <summary>The bindings of the configuration.</summary>
    public IReadOnlyList<BoundRole> Configured => _configured;

    public ValueTask<BindingTable> PresentAsync(CancellationToken cancellationToken) =>
        Fresh() is { } table ? new(table) : new(RefreshAsync(cancellationToken));

    /// <summary>To be called in the transaction that changes bindings, or who is an administrator.</summary>
    public static Task ChangeAsync(DbContext db, CancellationToken cancellationToken) => db.CountAsync(Changes, cancellationToken);

    /// <summary>This host sees a change of its own at once.</summary>
    public void Forget() => _last = null;

    private BindingTable? Fresh() => _last is { } last && clock.GetElapsedTime(last.Began) < Freshness ? last.Table : null;

    private async Task<BindingTable> RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } table)
                return table;
            // The age counts from before the look: what is committed while it looks may be missing from it.
            var began = clock.GetTimestamp();
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var version = await db.Set<Counter>().AsNoTracking().Where(c => c.Name == Changes).Select(c => c.Value).SingleOrDefaultAsync(cancellationToken);
            table = _last?.Table is { } known && known.Version == version ? known : await LoadAsync(db, scope.ServiceProvider, version, cancellationToken);
            _last = new Read(table, began);
            return table;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<BindingTable> LoadAsync(CdDbContext db, IServiceProvider scope, long version, CancellationToken cancellationToken)
    {
        var stored = await db.Set<AccessBinding>().AsNoTracking().OrderBy(b => b.Id)
            .Select(b => new BoundRole(b.Subject, b.Role, b.Project, BindingSource.Database)).ToListAsync(cancellationToken);
        var administrators = scope.GetService<IAdministrators>();
        return new BindingTable(roles, [.. _configured, .. stored], version)
        {
            Administrators = administrators is null ? [] : await administrators.ListAsync(cancellationToken)
        };
    }

    private sealed record Read(BindingTable Table, long Began);
}
