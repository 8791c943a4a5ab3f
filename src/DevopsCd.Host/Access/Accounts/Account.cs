using DevopsCd.Core.Access;
using Microsoft.AspNetCore.Identity;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>A person who logs in: with a password, or by somebody who vouches for them.</summary>
internal sealed class Account : IdentityUser<Guid>
{
    /// <summary>May do everything, without a binding: the account of the set-up link, so that there is somebody to begin with.</summary>
    public bool IsAdministrator { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The groups that the provider or the proxy has named last; none with a password.</summary>
    public string[] Groups { get; set; } = [];

    /// <summary>When the provider or the proxy has last confirmed the person; null with a password, which nobody has to confirm.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    /// <summary>Whether the provider or the proxy has said that the person may not come in any more: then the tokens do not work either.</summary>
    public bool IsShutOut { get; set; }

    /// <summary>The person as a subject.</summary>
    public Subject AsSubject() => Subject.User(UserName!, Groups) with { Grants = AsGrants() };

    /// <summary>What the account may do without a binding.</summary>
    public IReadOnlyList<Grant> AsGrants() => IsAdministrator ? [PasswordLogin.Everything] : [];
}
