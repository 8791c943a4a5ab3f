using Microsoft.AspNetCore.Http.Features;

namespace DevopsCd.Host.Access.Sessions;

/// <summary>
/// A login makes a new session and goes on in none that the request came with: the framework would put the new person into the old session,
/// which somebody else may have planted and still know.
/// </summary>
internal sealed class FreshSession(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<StartsSession>() is not null && http.Request.Cookies.ContainsKey(SessionCookie.Name))
            http.Features.Set<IRequestCookiesFeature>(new RequestCookiesFeature(new WithoutSession(http.Request.Cookies)));
        return next(http);
    }

    private sealed class WithoutSession(IRequestCookieCollection all) : IRequestCookieCollection
    {
        private readonly Dictionary<string, string> _left = all.Where(cookie =>
            !cookie.Key.StartsWith(SessionCookie.Name, StringComparison.Ordinal)).ToDictionary();

        public string? this[string key] => _left.GetValueOrDefault(key);

        public int Count => _left.Count;

        public ICollection<string> Keys => _left.Keys;

        public bool ContainsKey(string key) => _left.ContainsKey(key);

        public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => _left.TryGetValue(key, out value);

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _left.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>Marks the routes that log somebody in.</summary>
internal sealed class StartsSession;
