using System.Security.Claims;

namespace DevopsCd.Host.Access.Oidc;

/// <summary>What a provider says about somebody.</summary>
/// <param name="Key">Who it is for the provider, for ever: a hash of its issuer and the person's <c>sub</c>.</param>
/// <param name="Name">The name; null when the provider says none, or one that it has not verified.</param>
/// <param name="Groups">The groups.</param>
internal sealed record ProviderPerson(string Key, string? Name, IReadOnlyCollection<string> Groups)
{
    /// <summary>The claim that says whether the mail address is the person's.</summary>
    public const string Verified = "email_verified";

    private const string Email = "email";

    /// <param name="issuer">The provider.</param>
    /// <param name="claims">Its claims.</param>
    /// <param name="options">Which of them are meant.</param>
    public static ProviderPerson Of(string issuer, IReadOnlyCollection<Claim> claims, OidcOptions options)
    {
        var subject = First(claims, "sub") ?? throw new InvalidOperationException("the provider says no sub");
        var isUnverified = options.NameClaim == Email && First(claims, Verified)?.Equals("false", StringComparison.OrdinalIgnoreCase) == true;
        return new ProviderPerson(KeyOf(issuer, subject), isUnverified ? null : First(claims, options.NameClaim),
            claims.Where(claim => claim.Type == options.GroupsClaim && claim.Value.Length > 0).Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>A hash, because providers set no limit to the length of either.</summary>
    public static string KeyOf(string issuer, string subject) => Secrets.HashOf($"{issuer} {subject}");

    /// <summary>Whether the groups let the person in.</summary>
    public bool IsIn(string? required) => string.IsNullOrEmpty(required) || Groups.Contains(required, StringComparer.Ordinal);

    private static string? First(IEnumerable<Claim> claims, string type) =>
        claims.FirstOrDefault(claim => claim.Type == type)?.Value is { Length: > 0 } value ? value : null;
}
