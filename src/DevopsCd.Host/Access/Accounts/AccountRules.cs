using DevopsCd.Core.Access;
using Microsoft.AspNetCore.Identity;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>Accounts as the framework keeps them: which names and passwords they may have, and when one is locked.</summary>
internal static class AccountRules
{
    /// <summary>Longer ones would only cost the server time.</summary>
    public const int LongestPassword = 256;

    /// <summary>OWASP's figure for PBKDF2 with SHA-512.</summary>
    public const int HashIterations = 210_000;

    /// <summary>Tables with passkeys.</summary>
    public static readonly Version SchemaVersion = IdentitySchemaVersions.Version3;

    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddIdentityCore<Account>(identity =>
        {
            // Length is what makes a password strong; rules about its letters make people write it down.
            identity.Password = new PasswordOptions
            {
                RequiredLength = 12,
                RequiredUniqueChars = 5,
                RequireDigit = false,
                RequireLowercase = false,
                RequireUppercase = false,
                RequireNonAlphanumeric = false
            };
            identity.Lockout = new LockoutOptions { MaxFailedAccessAttempts = 10, DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5), AllowedForNewUsers = true };
            identity.Stores.SchemaVersion = SchemaVersion;
            // Which names there may be PersonsName says: a provider names people in every script.
            identity.User.AllowedUserNameCharacters = "";
        })
            .AddEntityFrameworkStores<Data.AccessDbContext>()
            .AddUserValidator<PersonsName>()
            .AddTokenProvider<AuthenticatorTokenProvider<Account>>(TokenOptions.DefaultAuthenticatorProvider);
        // Hashes of an older figure are renewed at the next login.
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = HashIterations);
        // Found without a name, and unlocked by its owner: so that it stands for the name, the password and the code.
        services.Configure<IdentityPasskeyOptions>(passkeys =>
            (passkeys.ResidentKeyRequirement, passkeys.UserVerificationRequirement) = ("required", "required"));
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddScoped<UsedProofs>();
        services.AddScoped<Passkeys>();
        services.AddScoped<PasswordLogin>();
        services.AddScoped<Invitations>();
        services.AddScoped<ProvidedAccounts>();
        services.AddScoped<IAdministrators, AdministratorAccounts>();
        services.AddSingleton<LoginLimits>();
    }

    /// <summary>An account's name stands in the audit, where no system identity may be mistaken for a person.</summary>
    private sealed class PersonsName : IUserValidator<Account>
    {
        private const int Longest = 100;

        public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user) => Task.FromResult(
            user.UserName is { Length: > 0 and <= Longest } name && Operators.IsPerson(name) && name.All(letter =>
                char.IsLetterOrDigit(letter) || "-._@+".Contains(letter, StringComparison.Ordinal))
                ? IdentityResult.Success
                : IdentityResult.Failed(new IdentityError
                {
                    Code = "NoPerson",
                    Description = $"A name has 1 to {Longest} letters, digits and the characters - . _ @ +, and must not look like a system identity."
                }));
    }
}
