using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevopsCd.Cli.Connecting;

/// <summary>
/// The token by which a platform vouches for the job that runs here. It is valid for minutes: it is fetched when it is needed, again when its time is
/// nearly over, and kept nowhere. GitHub Actions is asked for it, GitLab puts it into <c>DEVOPSCD_ID_TOKEN</c>, Kubernetes into the file that
/// <c>DEVOPSCD_ID_TOKEN_FILE</c> names. The token of a service account for its own cluster is never taken: it is not for others.
/// </summary>
internal sealed class WorkloadToken(Surroundings around, HttpClient http, string audience)
{
    private const string Variable = "DEVOPSCD_ID_TOKEN", FileVariable = "DEVOPSCD_ID_TOKEN_FILE";

    private const string Address = "ACTIONS_ID_TOKEN_REQUEST_URL", Secret = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    /// <summary>What is left of its time when another is fetched.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMinutes(1);

    private string? _token;
    private DateTimeOffset _renewed;

    /// <exception cref="CliException">The job has no such token.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        // Several calls at once may each fetch one, which does no harm.
        if (_token is { } kept && around.Clock.GetUtcNow() < _renewed)
            return kept;
        var token = around.Variable(Variable) ?? (around.Variable(FileVariable) is { } path ? await FromFileAsync(path, cancellationToken)
            : around.Variable(Address) is { } address && around.Variable(Secret) is { } secret ? await FromGitHubAsync(address, secret, cancellationToken)
            : throw Missing());
        (_token, _renewed) = (token, ExpiryOf(token) - s_rest);
        return token;
    }

    private CliException Missing()
    {
        FormattableString gitHub = $"on GitHub Actions give it 'permissions: id-token: write'",
            gitLab = $"on GitLab an 'id_tokens:' entry {Variable} with 'aud: {audience}'",
            kubernetes = $"in Kubernetes a projected service account token of that audience, whose file {FileVariable} names";
        return new CliException(ExitCodes.NotAllowed, $"this job has no token of its platform: {gitHub}, {gitLab}, {kubernetes}");
    }

    private static async Task<string> FromFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.NotAllowed, $"{path} cannot be read: {unread.Message}", unread);
        }
    }

    private async Task<string> FromGitHubAsync(string address, string secret, CancellationToken cancellationToken)
    {
        var at = $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}audience={Uri.EscapeDataString(audience)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, at);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (answer.IsSuccessStatusCode && (string?)JsonNode.Parse(text)?["value"] is { Length: > 0 } token)
                return token;
            FormattableString answered = $"it answered {(int)answer.StatusCode}";
            throw new CliException(ExitCodes.NotAllowed, $"the platform of this job has given no token: {answered}");
        }
        catch (Exception broken) when (broken is HttpRequestException or JsonException)
        {
            throw new CliException(ExitCodes.Unreachable, $"the platform of this job has given no token: {broken.Message}", broken);
        }
    }

    /// <summary>When it ends, as it says itself; what is no such token, or does not say, is fetched each time.</summary>
    private static DateTimeOffset ExpiryOf(string token)
    {
        try
        {
            if (token.Split('.') is [_, var claims, _] && (long?)JsonNode.Parse(Base64Url.DecodeFromChars(claims))?["exp"] is { } seconds)
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }
        catch (Exception strange) when (strange is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            // The service judges it.
        }
        return DateTimeOffset.UnixEpoch;
    }
}
