using System.Net;
using System.Text.RegularExpressions;

namespace DevopsCd.Host.Tests.Access;

/// <summary>As much of a browser as a login needs: cookies by host and path, whatever the port, redirects, and forms. Each request has its own connection.</summary>
public sealed partial class Browser : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero });

    /// <summary>Name, path and value.</summary>
    private readonly Dictionary<(string Name, string Path), string> _cookies = [];

    /// <summary>Where it is.</summary>
    public Uri At { get; private set; } = new("about:blank");

    public HttpStatusCode Status { get; private set; }

    /// <summary>What it shows.</summary>
    public string Page { get; private set; } = "";

    public async Task Go(Uri address)
    {
        await Send(HttpMethod.Get, address, null);
    }

    /// <summary>Fills in the form of the page and sends it.</summary>
    public async Task Submit(params (string Name, string Value)[] fields)
    {
        var form = Form().Match(Page);
        form.Success.ShouldBeTrue(Page);
        var sent = Hidden().Matches(form.Value).ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value));
        foreach (var (name, value) in fields)
            sent[name] = value;
        var action = Action().Match(form.Value) is { Success: true } said ? new Uri(At, WebUtility.HtmlDecode(said.Groups["action"].Value)) : At;
        await Send(HttpMethod.Post, action, new FormUrlEncodedContent(sent));
    }

    /// <summary>Asks the API as a page does.</summary>
    public async Task<HttpStatusCode> Ask(Uri address)
    {
        using var answer = await _http.SendAsync(Request(HttpMethod.Get, address, null));
        Page = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode;
    }

    /// <summary>Somebody has given it a cookie.</summary>
    public void Plant(string name, string value) => _cookies[(name, "/")] = value;

    public string? Cookie(string name) => _cookies.FirstOrDefault(cookie => cookie.Key.Name == name).Value;

    public void Dispose() => _http.Dispose();

    private async Task Send(HttpMethod method, Uri address, HttpContent? body)
    {
        for (var hops = 0; ; hops++)
        {
            hops.ShouldBeLessThan(20, $"it is led on and on: {address}");
            using var answer = await _http.SendAsync(Request(method, address, body));
            foreach (var set in answer.Headers.TryGetValues("Set-Cookie", out var all) ? all : [])
                Keep(set);
            (At, Status) = (address, answer.StatusCode);
            if (answer.Headers.Location is { } next && (int)answer.StatusCode is >= 300 and < 400)
            {
                (method, address, body) = (HttpMethod.Get, new Uri(address, next), null);
                continue;
            }
            Page = await answer.Content.ReadAsStringAsync();
            return;
        }
    }

    private HttpRequestMessage Request(HttpMethod method, Uri address, HttpContent? body)
    {
        var request = new HttpRequestMessage(method, address) { Content = body };
        var cookies = _cookies.Where(cookie => address.AbsolutePath.StartsWith(cookie.Key.Path, StringComparison.Ordinal)).Select(cookie => $"{cookie.Key.Name}={cookie.Value}").ToList();
        if (cookies.Count > 0)
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", cookies));
        if (method != HttpMethod.Get)
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        return request;
    }

    private void Keep(string set)
    {
        var parts = set.Split(';', StringSplitOptions.TrimEntries);
        var (name, value) = (parts[0][..parts[0].IndexOf('=', StringComparison.Ordinal)], parts[0][(parts[0].IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var path = parts.FirstOrDefault(part => part.StartsWith("path=", StringComparison.OrdinalIgnoreCase))?[5..] ?? "/";
        if (value.Length == 0 || set.Contains("1970", StringComparison.Ordinal))
            _cookies.Remove((name, path));
        else
            _cookies[(name, path)] = value;
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Form();

    [GeneratedRegex("""action="(?<action>[^"]*)""", RegexOptions.IgnoreCase)]
    private static partial Regex Action();

    [GeneratedRegex("""<input[^>]*type="hidden"[^>]*name="(?<name>[^"]*)"[^>]*value="(?<value>[^"]*)""", RegexOptions.IgnoreCase)]
    private static partial Regex Hidden();
}
