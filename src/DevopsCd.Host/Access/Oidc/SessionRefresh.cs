using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Sessions;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Oidc;

/// <summary>
/// Asks the provider again while sessions last, so that who leaves a group or the company is out within <see cref="OidcOptions.RefreshInterval" />.
/// While the provider does not answer sessions go on: they end at their time. Each session is asked for by one instance.
/// </summary>
internal sealed class SessionRefresh(IServiceScopeFactory scopes, Provider provider, SessionStore store, AuthOptions options, TimeProvider clock,
    ILogger<SessionRefresh> log)
    : BackgroundService
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(200), s_longest = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromTicks(Math.Clamp(options.Oidc.RefreshInterval.Value.Ticks / 4, s_shortest.Ticks, s_longest.Ticks));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await StepAsync(stoppingToken))
                {
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.RefreshFailed(failure);
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks for one session that is due. Returns whether it is worth going on at once.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, now) = (scope.ServiceProvider.GetRequiredService<AccessDbContext>(), clock.GetUtcNow());
        var due = await db.Sessions.AsNoTracking().Where(s => s.RefreshAt <= now && s.ExpiresAt > now).OrderBy(s =>
            s.RefreshAt).FirstOrDefaultAsync(cancellationToken);
        if (due is null)
            return false;
        // Its next turn is set before anything is asked: refresh tokens work once, so no other instance may ask at the same time.
        var next = now + options.Oidc.RefreshInterval.Value;
        if (await db.Sessions.Where(s => s.Id == due.Id && s.RefreshAt == due.RefreshAt).ExecuteUpdateAsync(set => set.SetProperty(s => s.RefreshAt, next),
            cancellationToken) == 0)
            return true;
        if (store.ProviderOf(due) is not { } session)
            return true;
        var answer = await provider.RefreshAsync(session, cancellationToken);
        if (answer.Person is { } person && person.IsIn(options.Oidc.RequiredGroup))
            await ConfirmAsync(scope.ServiceProvider, due, person, answer.Session!);
        else if (answer.Person is not null)
            await ShutOutAsync(scope.ServiceProvider, due, session);
        else if (answer.Refused)
            await EndAsync(scope.ServiceProvider, db.Sessions.Where(s => s.Id == due.Id), due.Subject, $"the provider refuses: {answer.Why}");
        else
            log.ProviderSilent(answer.Why);
        return answer.Person is not null || answer.Refused;
    }

    private async Task ConfirmAsync(IServiceProvider services, Session due, ProviderPerson person, ProviderSession session)
    {
        var (account, _) = await services.GetRequiredService<ProvidedAccounts>().AcceptAsync(AccessModes.Oidc, person.Key, person.Name ?? "", person.Groups);
        if (account is null)
        {
            await EndAsync(services, services.GetRequiredService<AccessDbContext>().Sessions.Where(s => s.Id == due.Id), due.Subject, "the account is gone");
            return;
        }
        await store.ReplaceAsync(due, Identities.Of(account.AsSubject(), OidcSetup.Scheme), session);
    }

    private async Task ShutOutAsync(IServiceProvider services, Session due, ProviderSession session)
    {
        var why = $"is not in the group {options.Oidc.RequiredGroup}";
        await services.GetRequiredService<ProvidedAccounts>().ShutOutAsync(AccessModes.Oidc, session.Person, why);
        await EndAsync(services, services.GetRequiredService<AccessDbContext>().Sessions.Where(s => s.ProviderPerson == session.Person), due.Subject, why);
    }

    private static async Task EndAsync(IServiceProvider services, IQueryable<Session> sessions, string subject, string why)
    {
        var db = services.GetRequiredService<AccessDbContext>();
        services.GetRequiredService<LoginJournal>().Add("session_ended", subject, why, by: AccessModes.Oidc);
        await SessionStore.EndAsync(sessions);
        await db.SaveChangesAsync();
    }
}
