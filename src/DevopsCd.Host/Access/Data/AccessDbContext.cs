using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Devices;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Access.Tokens;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace DevopsCd.Host.Access.Data;

/// <summary>
/// The tables of logging in: accounts, sessions, keys. They stand in the engine's database under a history of their own, because the engine
/// knows nothing of ASP.NET. The two subclasses only differ in the provider.
/// </summary>
internal abstract class AccessDbContext(DbContextOptions options) : IdentityUserContext<Account, Guid>(options), IDataProtectionKeyContext
{
    /// <summary>The table of this context's migrations.</summary>
    public const string History = "access_schema_history";

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Invitation> Invitations => Set<Invitation>();

    public DbSet<ApiToken> Tokens => Set<ApiToken>();

    public DbSet<DeviceLogin> DeviceLogins => Set<DeviceLogin>();

    public DbSet<UsedProof> UsedProofs => Set<UsedProof>();

    public DbSet<LoginEvent> LoginEvents => Set<LoginEvent>();

    /// <summary>Saves, and has every host know of it when what it saves changes who is an administrator.</summary>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (!ChangeTracker.Entries<Account>().Any(ChangesAdministrators))
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        await using var own = Database.CurrentTransaction is null ? await Database.BeginTransactionAsync(cancellationToken) : null;
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        await AccessRights.ChangeAsync(this, cancellationToken);
        if (own is not null)
            await own.CommitAsync(cancellationToken);
        return saved;
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Account>(account =>
        {
            account.ToTable("access_accounts");
            account.HasIndex(a => a.NormalizedUserName).HasDatabaseName("ix_access_accounts_name").IsUnique();
            account.HasIndex(a => a.NormalizedEmail).HasDatabaseName("ix_access_accounts_email");
        });
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("access_account_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("access_account_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("access_account_tokens");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("access_account_passkeys");
        builder.Entity<DataProtectionKey>().ToTable("access_keys");
        builder.Entity<Session>(session =>
        {
            session.ToTable("access_sessions");
            session.Property(s => s.Id).HasMaxLength(64);
            session.Property(s => s.Subject).HasMaxLength(256);
            session.Property(s => s.ProviderPerson).HasMaxLength(64);
            session.Property(s => s.ProviderSession).HasMaxLength(256);
            session.HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Cascade);
            session.HasIndex(s => s.Subject);
            session.HasIndex(s => s.ProviderPerson);
            session.HasIndex(s => s.RefreshAt);
            session.HasIndex(s => s.ExpiresAt);
        });
        builder.Entity<Invitation>(invitation =>
        {
            invitation.ToTable("access_invitations");
            invitation.Property(i => i.Id).HasMaxLength(64);
            invitation.Property(i => i.Account).HasMaxLength(256);
            invitation.Property(i => i.MadeBy).HasMaxLength(256);
            invitation.Property(i => i.UsedAt).IsConcurrencyToken();
            invitation.Property(i => i.Slot).HasMaxLength(16);
            invitation.HasIndex(i => i.Slot).IsUnique();
        });
        builder.Entity<ApiToken>(token =>
        {
            token.ToTable("access_tokens");
            token.Property(t => t.Id).HasMaxLength(12);
            token.Property(t => t.Hash).HasMaxLength(64);
            token.Property(t => t.Name).HasMaxLength(2000);
            token.Property(t => t.Owner).HasMaxLength(256);
            token.HasIndex(t => t.Owner);
        });
        builder.Entity<DeviceLogin>(login =>
        {
            login.ToTable("access_device_logins");
            login.Property(d => d.Id).HasMaxLength(64);
            login.Property(d => d.UserCode).HasMaxLength(64);
            login.Property(d => d.Client).HasMaxLength(Devices.DeviceLogins.LongestClient);
            login.Property(d => d.Address).HasMaxLength(64);
            login.Property(d => d.DecidedBy).HasMaxLength(256);
            login.Property(d => d.IsApproved).IsConcurrencyToken();
            login.Property(d => d.UsedAt).IsConcurrencyToken();
            login.HasIndex(d => d.UserCode).IsUnique();
            login.HasIndex(d => d.ExpiresAt);
        });
        builder.Entity<UsedProof>(proof =>
        {
            proof.ToTable("access_used_proofs");
            proof.Property(u => u.Id).HasMaxLength(64);
            proof.HasIndex(u => u.ExpiresAt);
        });
        builder.Entity<LoginEvent>(happened =>
        {
            happened.ToTable("access_login_events");
            happened.Property(e => e.What).HasMaxLength(64);
            happened.Property(e => e.Subject).HasMaxLength(256);
            happened.Property(e => e.Operator).HasMaxLength(256);
            happened.Property(e => e.Address).HasMaxLength(64);
            happened.Property(e => e.Detail).HasMaxLength(1024);
            happened.HasIndex(e => e.At);
        });
    }

    /// <summary>By the values: the framework marks all of an account as changed whenever it saves one.</summary>
    private static bool ChangesAdministrators(EntityEntry<Account> entry) => entry.State switch
    {
        EntityState.Added or EntityState.Deleted => entry.Entity.IsAdministrator,
        EntityState.Modified => (entry.Entity.IsAdministrator || entry.Property(a => a.IsAdministrator).OriginalValue)
            && ((entry.Entity.IsAdministrator, entry.Entity.IsShutOut, entry.Entity.UserName)
                != (entry.Property(a => a.IsAdministrator).OriginalValue, entry.Property(a => a.IsShutOut).OriginalValue,
                    entry.Property(a => a.UserName).OriginalValue)),
        _ => false
    };
}
