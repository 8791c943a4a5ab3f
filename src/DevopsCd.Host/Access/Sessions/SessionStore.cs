using System.Security.Claims;
using System.Text.Json;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Oidc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Sessions;

/// <summary>
/// Sessions in the database: every instance knows them, and whoever is logged out is so everywhere at once. The cookie holds a random key.
/// </summary>
internal sealed class SessionStore(IServiceScopeFactory scopes, IDataProtectionProvider protection, AuthOptions options, TimeProvider clock) : ITicketStore
{
    /// <summary>The claim that names the session's row, for what lasts longer than a request.</summary>
    private const string SessionClaim = "session";

    private readonly IDataProtector _protector = protection.CreateProtector("DevopsCd.Sessions");

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var (key, now, subject) = (Secrets.New(), clock.GetUtcNow(), Whose(ticket.Principal));
        var provider = ProviderSession.TakeFrom(ticket.Properties);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDbContext>();
        db.Sessions.Add(new Session
        {
            Id = Secrets.HashOf(key),
            Subject = subject.Id,
            AccountId = await db.Users.Where(a => a.UserName == subject.Name).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(),
            Ticket = Write(ticket),
            ProviderPerson = provider?.Person,
            ProviderSession = provider?.Session,
            ProviderTokens = provider is null ? null : Write(provider),
            RefreshAt = provider?.RefreshToken is null ? null : now + options.Oidc.RefreshInterval.Value,
            CreatedAt = now,
            ExpiresAt = now + options.SessionIdle.Value
        });
        await db.SaveChangesAsync();
        // A login is seldom: it takes with it what nobody will ask for again.
        await db.Sessions.Where(s => s.ExpiresAt < now).ExecuteDeleteAsync();
        return key;
    }

    /// <summary>Lengthens the session. What it holds stays: the ticket was read a while ago, and the provider may have said something else since.</summary>
    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDbContext>();
        var id = Secrets.HashOf(key);
        if (await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id) is not { } session)
            return;
        if (Whose(ticket.Principal).Id != session.Subject)
            throw new InvalidOperationException($"a login may not go on in another's session: mark the route with {nameof(StartsSession)}");
        var until = Earlier(clock.GetUtcNow() + options.SessionIdle.Value, session.CreatedAt + options.SessionLongest.Value);
        await db.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.ExpiresAt, until));
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        await using var scope = scopes.CreateAsyncScope();
        var id = Secrets.HashOf(key);
        if (await Lasting(scope.ServiceProvider.GetRequiredService<AccessDbContext>()).SingleOrDefaultAsync(s => s.Id == id) is not { } session
            || TicketSerializer.Default.Deserialize(_protector.Unprotect(session.Ticket)) is not { } ticket)
            return null;
        ticket.Properties.ExpiresUtc = session.ExpiresAt;
        ticket.Properties.IssuedUtc = session.ExpiresAt - options.SessionIdle.Value;
        return Named(ticket, session.Id);
    }

    /// <summary>Whether the session that a request or a page came with has not ended since.</summary>
    public async Task<bool> HoldsAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (principal.FindFirst(SessionClaim)?.Value is not { } id)
            return false;
        await using var scope = scopes.CreateAsyncScope();
        return await Lasting(scope.ServiceProvider.GetRequiredService<AccessDbContext>()).AnyAsync(s => s.Id == id, cancellationToken);
    }

    public async Task RemoveAsync(string key)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDbContext>();
        var id = Secrets.HashOf(key);
        await EndAsync(db.Sessions.Where(s => s.Id == id));
    }

    /// <summary>Logs somebody out everywhere.</summary>
    /// <param name="sessions">Which sessions end.</param>
    public static Task EndAsync(IQueryable<Session> sessions) => sessions.ExecuteDeleteAsync();

    /// <summary>What a session keeps of its provider; null for one of no provider.</summary>
    public ProviderSession? ProviderOf(Session session) => session.ProviderTokens is null ? null
        : JsonSerializer.Deserialize<ProviderSession>(_protector.Unprotect(session.ProviderTokens));

    /// <summary>The same, for the session that a request came with.</summary>
    public async Task<ProviderSession?> ProviderOfAsync(ClaimsPrincipal? principal)
    {
        if (principal?.FindFirst(SessionClaim)?.Value is not { } id)
            return null;
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccessDbContext>().Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id) is { } session
            ? ProviderOf(session)
            : null;
    }

    /// <summary>The provider has answered again. A session that has ended meanwhile stays so.</summary>
    public async Task ReplaceAsync(Session session, ClaimsPrincipal principal, ProviderSession provider)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (ticket, tokens) = (Write(new AuthenticationTicket(principal, SessionCookie.Scheme)), Write(provider));
        await scope.ServiceProvider.GetRequiredService<AccessDbContext>().Sessions.Where(s => s.Id == session.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Ticket, ticket).SetProperty(s => s.ProviderTokens, tokens));
    }

    /// <summary>Sessions that have neither been idle nor gone on for too long.</summary>
    private IQueryable<Session> Lasting(AccessDbContext db)
    {
        var now = clock.GetUtcNow();
        var oldest = now - options.SessionLongest.Value;
        return db.Sessions.AsNoTracking().Where(s => s.ExpiresAt > now && s.CreatedAt > oldest);
    }

    private static AuthenticationTicket Named(AuthenticationTicket ticket, string session)
    {
        if (ticket.Principal.Identity is ClaimsIdentity identity && !identity.HasClaim(SessionClaim, session))
            identity.AddClaim(new Claim(SessionClaim, session));
        return ticket;
    }

    private byte[] Write(AuthenticationTicket ticket) => _protector.Protect(TicketSerializer.Default.Serialize(ticket));

    private byte[] Write(ProviderSession provider) => _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(provider));

    private static Core.Access.Subject Whose(ClaimsPrincipal principal) =>
        Identities.Subject(principal) ?? throw new InvalidOperationException("a session is somebody's");

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
