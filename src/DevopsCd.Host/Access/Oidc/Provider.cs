using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DevopsCd.Host.Access.Oidc;

/// <summary>Asks the provider for what the framework's handler does not: again about somebody, and what its notes mean.</summary>
internal sealed class Provider(IOptionsMonitor<OpenIdConnectOptions> handlers, AuthOptions options)
{
    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    private static readonly JsonWebTokenHandler s_tokens = new() { MapInboundClaims = false };

    private OpenIdConnectOptions Handler => handlers.Get(OidcSetup.Scheme);

    /// <summary>Asks again with a refresh token.</summary>
    public async Task<ProviderAnswer> RefreshAsync(ProviderSession session, CancellationToken cancellationToken)
    {
        try
        {
            var known = await Handler.ConfigurationManager!.GetConfigurationAsync(cancellationToken);
            var fields = new Dictionary<string, string>
            {
                ["grant_type"] = "refresh_token",
                ["refresh_token"] = session.RefreshToken!,
                ["client_id"] = Handler.ClientId!
            };
            if (Handler.ClientSecret is { Length: > 0 } secret)
                fields["client_secret"] = secret;
            using var form = new FormUrlEncodedContent(fields);
            using var answer = await Handler.Backchannel.PostAsync(known.TokenEndpoint, form, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if ((int)answer.StatusCode is 400 or 401)
                return new ProviderAnswer(Refused: Error(text) is "invalid_grant" or "invalid_token", Why: Error(text) ?? $"status {(int)answer.StatusCode}");
            answer.EnsureSuccessStatusCode();
            var message = new OpenIdConnectMessage(text);
            List<Claim> claims = [];
            if (message.IdToken is { Length: > 0 } idToken)
                claims.AddRange((await ValidatedAsync(idToken, known)).Claims);
            if (known.UserInfoEndpoint is { Length: > 0 } address && message.AccessToken is { Length: > 0 } accessToken)
                claims.AddRange(await UserInfoAsync(address, accessToken, cancellationToken));
            if (claims.Count == 0)
                return new ProviderAnswer(Why: "it says nothing about the person");
            var person = ProviderPerson.Of(known.Issuer, claims, options.Oidc);
            // The answer about somebody else is none.
            if (person.Key != session.Person
                || claims.Where(claim => claim.Type == "sub").Select(claim => claim.Value).Distinct(StringComparer.Ordinal).Count() > 1)
                return new ProviderAnswer(Refused: true, Why: "it answers about somebody else");
            return new ProviderAnswer(Person: person, Session: session with
            {
                RefreshToken = message.RefreshToken is { Length: > 0 } next ? next : session.RefreshToken,
                IdToken = message.IdToken is { Length: > 0 } newer ? newer : session.IdToken
            });
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure is HttpRequestException or InvalidOperationException
            or SecurityTokenException or ArgumentException or JsonException or TaskCanceledException)
        {
            if (failure is SecurityTokenSignatureKeyNotFoundException)
                Handler.ConfigurationManager!.RequestRefresh();
            return new ProviderAnswer(Why: failure.GetType().Name);
        }
    }

    /// <summary>Who is logged out by a note that the provider sends by itself; null when the note is not the provider's, or says nothing of the kind.</summary>
    public async Task<(string? Person, string? Session)?> LoggedOutAsync(string note, CancellationToken cancellationToken)
    {
        try
        {
            var known = await Handler.ConfigurationManager!.GetConfigurationAsync(cancellationToken);
            var token = await ValidatedAsync(note, known);
            var session = token.TryGetPayloadValue<string>("sid", out var sid) ? sid : null;
            return IsLogout(token) && (session is not null || token.Subject.Length > 0)
                ? (token.Subject.Length > 0 ? ProviderPerson.KeyOf(known.Issuer, token.Subject) : null, session)
                : null;
        }
        catch (Exception failure) when (failure is SecurityTokenException or ArgumentException or InvalidOperationException or HttpRequestException)
        {
            if (failure is SecurityTokenSignatureKeyNotFoundException)
                Handler.ConfigurationManager!.RequestRefresh();
            return null;
        }
    }

    /// <summary>Where a browser goes to log out at the provider too; null where the provider has no such address, or does not answer.</summary>
    public async Task<string?> LogoutAddressAsync(ProviderSession session, string back, CancellationToken cancellationToken)
    {
        try
        {
            var known = await Handler.ConfigurationManager!.GetConfigurationAsync(cancellationToken);
            return string.IsNullOrEmpty(known.EndSessionEndpoint) ? null : new OpenIdConnectMessage
            {
                IssuerAddress = known.EndSessionEndpoint,
                IdTokenHint = session.IdToken,
                ClientId = Handler.ClientId,
                PostLogoutRedirectUri = back
            }.CreateLogoutRequestUrl();
        }
        catch (Exception silent) when (silent is InvalidOperationException or HttpRequestException)
        {
            return null;
        }
    }

    private static bool IsLogout(JsonWebToken token) => token.TryGetPayloadValue<JsonElement>("events", out var events)
        && events.ValueKind == JsonValueKind.Object
        && events.TryGetProperty(LogoutEvent, out _) && !token.TryGetPayloadValue<string>("nonce", out _);

    /// <exception cref="SecurityTokenException">It is not the provider's, not for this service, or not of this time.</exception>
    private async Task<JsonWebToken> ValidatedAsync(string token, OpenIdConnectConfiguration known)
    {
        var rules = Handler.TokenValidationParameters.Clone();
        (rules.ValidIssuer, rules.ValidAudience, rules.IssuerSigningKeys) = (known.Issuer, Handler.ClientId, known.SigningKeys);
        var result = await s_tokens.ValidateTokenAsync(token, rules);
        return result.IsValid ? (JsonWebToken)result.SecurityToken : throw result.Exception;
    }

    private async Task<IEnumerable<Claim>> UserInfoAsync(string address, string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var answer = await Handler.Backchannel.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        return [.. json.RootElement.EnumerateObject().SelectMany(member => member.Value.ValueKind == JsonValueKind.Array
            ? member.Value.EnumerateArray().Select(value => new Claim(member.Name, value.ToString()))
            : [new Claim(member.Name, member.Value.ToString())])];
    }

    private static string? Error(string text)
    {
        try
        {
            return new OpenIdConnectMessage(text).Error;
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>What came of asking the provider again.</summary>
/// <param name="Person">What it says now; null when it has not said.</param>
/// <param name="Session">What to ask with the next time.</param>
/// <param name="Refused">The provider has ended the person's session.</param>
/// <param name="Why">Why it has not said.</param>
internal sealed record ProviderAnswer(ProviderPerson? Person = null, ProviderSession? Session = null, bool Refused = false, string? Why = null);
