namespace DevopsCd.Host.Access;

/// <summary>The ways in which people are known, as <c>core:auth:mode</c> names them.</summary>
internal static class AccessModes
{
    /// <summary>Nobody logs in; whoever reaches this machine's loopback is an administrator.</summary>
    public const string Local = "local";

    /// <summary>Accounts in the own database.</summary>
    public const string Password = "password";

    /// <summary>An OpenID Connect provider.</summary>
    public const string Oidc = "oidc";

    /// <summary>A proxy in front of this service, which says in a header who asks.</summary>
    public const string Proxy = "proxy";

    public static IReadOnlyList<string> All { get; } = [Local, Password, Oidc, Proxy];
}
