using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Asks a registry which digest a tag stands for (OCI distribution API), so that a tag moved later changes nothing.</summary>
internal sealed class DigestResolver(HttpClient http, WebhookOptions options, RegistryCircuitBreaker silent)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>A token service answers with some kilobytes; more is not kept in memory.</summary>
    public const int LargestAnswer = 1024 * 1024;

    private static readonly string[] s_manifests =
    [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ];

    public bool Knows(string image) => RegistryOf(image) is not null;

    /// <returns>The digest, or null when the registry does not know the tag.</returns>
    /// <exception cref="HttpRequestException">The registry cannot be asked now.</exception>
    public async Task<string?> ResolveAsync(string image, string tag, CancellationToken cancellationToken)
    {
        // What is no name of the distribution's grammar never becomes a path: the registry's password goes with it.
        if (RegistryOf(image) is not { } registry || FieldRules.For("imageName").Wrong(image) is not null || FieldRules.For("imageTag").Wrong(tag) is not null)
            return null;
        if (silent.IsSilent(registry.Host))
            throw new HttpRequestException($"{registry.Host} did not answer a moment ago");
        try
        {
            return await ResolveAsync(registry, image[(registry.Host.Length + 1)..], tag, cancellationToken);
        }
        catch (TaskCanceledException timeout) when (!cancellationToken.IsCancellationRequested)
        {
            silent.Rest(registry.Host);
            throw new HttpRequestException($"{registry.Host} did not answer in time", timeout);
        }
        catch (HttpRequestException refused) when (refused.InnerException is OutboundRefusedException inner)
        {
            throw new HttpRequestException(inner.Message, inner);
        }
        catch (HttpRequestException unreachable) when (unreachable.StatusCode is null && unreachable.InnerException is not null)
        {
            silent.Rest(registry.Host);
            throw;
        }
    }

    private async Task<string?> ResolveAsync(RegistryOptions registry, string name, string tag, CancellationToken cancellationToken)
    {
        var address = AddressOf(registry, name, tag);
        using var first = await AskAsync(address, Basic(registry), cancellationToken);
        if (first.StatusCode != HttpStatusCode.Unauthorized)
            return DigestOf(first);

        var token = await TokenAsync(registry, name, first.Headers.WwwAuthenticate, cancellationToken);
        using var second = await AskAsync(address, new AuthenticationHeaderValue("Bearer", token), cancellationToken);
        return DigestOf(second);
    }

    private static Uri AddressOf(RegistryOptions registry, string name, string tag)
    {
        var path = $"/v2/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}/manifests/{Uri.EscapeDataString(tag)}";
        var address = new Uri(registry.Address, path);
        return address.AbsolutePath == path && address.Authority == registry.Address.Authority
            ? address
            : throw new InvalidOperationException($"'{name}' would leave /v2/ of {registry.Host}");
    }

    private RegistryOptions? RegistryOf(string image) =>
        options.Registries.FirstOrDefault(r => image.StartsWith($"{r.Host}/", StringComparison.OrdinalIgnoreCase));

    private async Task<HttpResponseMessage> AskAsync(Uri address, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        request.Headers.Authorization = authorization;
        foreach (var type in s_manifests)
            request.Headers.Accept.ParseAdd(type);
        return await http.SendAsync(request, cancellationToken);
    }

    private async Task<string> TokenAsync(
        RegistryOptions registry, string name, HttpHeaderValueCollection<AuthenticationHeaderValue> challenges, CancellationToken cancellationToken)
    {
        var challenge = challenges.FirstOrDefault(c => c.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))?.Parameter
            ?? throw new HttpRequestException($"{registry.Host} refuses the credentials");
        var realm = Parameter(challenge, "realm") ?? throw new HttpRequestException($"{registry.Host} names no realm");
        var query = $"{(realm.Contains('?') ? '&' : '?')}service={Uri.EscapeDataString(Parameter(challenge, "service") ?? "")}&scope={Uri.EscapeDataString($"repository:{name}:pull")}";
        if (!Uri.TryCreate(realm + query, UriKind.Absolute, out var service) || service.Scheme is not ("http" or "https"))
            throw new HttpRequestException($"{registry.Host} names a realm that is not an address");
        using var request = new HttpRequestMessage(HttpMethod.Get, service);

        // The realm is the registry's word: our password goes only to where the registry itself lives or an operator says that its
        // tokens come from, and only encrypted as it is.
        if (request.RequestUri!.Scheme == registry.Address.Scheme && IsTrusted(registry, request.RequestUri))
            request.Headers.Authorization = Basic(registry);
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var json = await JsonAsync(response, registry, cancellationToken);
        return json.Text("token") ?? json.Text("access_token") ?? throw new HttpRequestException($"{registry.Host} returned no token");
    }

    // What a registry says wrong is the registry's fault, and passes: the webhook was good.
    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response, RegistryOptions registry, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException)
        {
            throw new HttpRequestException($"the token service of {registry.Host} did not return JSON", unreadable);
        }
    }

    private static bool IsTrusted(RegistryOptions registry, Uri realm) =>
        realm.Host == registry.Address.Host || realm.Authority.Equals(registry.TokenHost, StringComparison.OrdinalIgnoreCase);

    private static AuthenticationHeaderValue? Basic(RegistryOptions registry) => registry.Username is null
        ? null
        : new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{registry.Username}:{SecretReference.Resolve(registry.Password ?? "")}")));

    private static string? DigestOf(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();
        return response.Headers.TryGetValues("Docker-Content-Digest", out var values) && values.FirstOrDefault() is { } digest
            && FieldRules.For("imageDigest").Wrong(digest) is null
            ? digest
            : null;
    }

    private static string? Parameter(string challenge, string name)
    {
        var start = challenge.IndexOf($"{name}=\"", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return null;
        start += name.Length + 2;
        var end = challenge.IndexOf('"', start);
        return end < 0 ? null : challenge[start..end];
    }
}
