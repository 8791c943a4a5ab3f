using System.Security.Cryptography;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Tokens;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Devices;

/// <summary>Logins of programs without a browser: the program shows a code, a person types it where they are logged in, and the program gets a token.</summary>
internal sealed class DeviceLogins(AccessDbContext db, AuthOptions options, LoginJournal journal, TimeProvider clock)
{
    public const int LongestClient = 100;

    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>How long a program waits between two questions.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    // Without vowels, so that no code is a word, and without what looks like something else.
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;
    private static readonly TimeSpan s_hurry = TimeSpan.FromSeconds(1);

    public async Task<(string DeviceCode, string UserCode)> BeginAsync(string client, string? address, CancellationToken cancellationToken)
    {
        var (device, user, now) = (Secrets.New(), RandomNumberGenerator.GetString(Letters, Length), clock.GetUtcNow());
        await db.DeviceLogins.Where(d => d.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        db.DeviceLogins.Add(new DeviceLogin
        {
            Id = Secrets.HashOf(device),
            UserCode = Secrets.HashOf(user),
            Client = client,
            Address = address,
            MadeAt = now,
            ExpiresAt = now + Life
        });
        await db.SaveChangesAsync(cancellationToken);
        return (device, $"{user[..(Length / 2)]}-{user[(Length / 2)..]}");
    }

    /// <summary>What somebody types as a code, with or without the hyphen and in whatever case; null for what nobody waits with.</summary>
    public async Task<DeviceLogin?> FindAsync(string typed, CancellationToken cancellationToken)
    {
        var code = string.Concat(typed.Where(char.IsAsciiLetter)).ToUpperInvariant();
        if (code.Length != Length)
            return null;
        var (id, now) = (Secrets.HashOf(code), clock.GetUtcNow());
        return await db.DeviceLogins.SingleOrDefaultAsync(d => d.UserCode == id && d.IsApproved == null && d.ExpiresAt > now, cancellationToken);
    }

    public async Task DecideAsync(DeviceLogin login, Subject person, bool isApproved, CancellationToken cancellationToken)
    {
        (login.DecidedBy, login.IsApproved) = (person.Name, isApproved);
        journal.Add(isApproved ? "device_approved" : "device_denied", person.Id, $"'{login.Client}' from {login.Address}");
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The token of an approved login, once; else RFC 8628's name of why there is none.</summary>
    public async Task<(string? Token, DateTimeOffset ExpiresAt, string? Error)> AskAsync(string deviceCode, CancellationToken cancellationToken)
    {
        var (id, now) = (Secrets.HashOf(deviceCode), clock.GetUtcNow());
        var login = await db.DeviceLogins.SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
        if (login is null || login.UsedAt is not null)
            return (null, default, "invalid_grant");
        if (login.ExpiresAt <= now)
            return (null, default, "expired_token");
        if (login.IsApproved == false)
            return (null, default, "access_denied");
        if (login.IsApproved is null)
        {
            var last = login.PolledAt;
            await db.DeviceLogins.Where(d => d.Id == id).ExecuteUpdateAsync(set => set.SetProperty(d => d.PolledAt, now), cancellationToken);
            return (null, default, last is not null && now - last < Pace - s_hurry ? "slow_down" : "authorization_pending");
        }
        var (tokenId, text) = TokenText.New();
        var life = options.DeviceToken.Value < options.TokenLongest.Value ? options.DeviceToken.Value : options.TokenLongest.Value;
        var token = new ApiToken
        {
            Id = tokenId,
            Hash = Secrets.HashOf(text),
            Name = $"login of {login.Client}",
            Owner = login.DecidedBy!,
            CreatedAt = now,
            ExpiresAt = now + life
        };
        login.UsedAt = now;
        db.Tokens.Add(token);
        journal.Add("token_created", Subject.Of(SubjectKind.Token, tokenId), $"'{token.Name}', until {token.ExpiresAt:u}",
            by: Subject.Of(SubjectKind.User, token.Owner));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Asked twice at once: one of the two has it.
            return (null, default, "invalid_grant");
        }
        return (text, token.ExpiresAt, null);
    }
}
