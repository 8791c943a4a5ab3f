using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>The accounts that may do everything without a binding: the one of the set-up link.</summary>
internal sealed class AdministratorAccounts(AccessDbContext db, AuthOptions options) : IAdministrators
{
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        // Such accounts have a password: without that mode nobody gets in by one.
        if (!options.Has(AccessModes.Password))
            return [];
        var names = await db.Users.AsNoTracking().Where(a => a.IsAdministrator && !a.IsShutOut).OrderBy(a => a.UserName).Select(a => a.UserName!)
            .ToListAsync(cancellationToken);
        return [.. names.Select(name => Subject.Of(SubjectKind.User, name))];
    }
}
