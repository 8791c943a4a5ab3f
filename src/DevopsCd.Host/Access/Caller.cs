using DevopsCd.Core.Access;

namespace DevopsCd.Host.Access;

/// <summary>Who sends a request.</summary>
internal static class Caller
{
    /// <summary>The subject that <see cref="CallerCheck" /> has found; null when nobody has been authenticated.</summary>
    public static Subject? Find(HttpContext http) => http.Features.Get<Subject>();

    /// <exception cref="InvalidOperationException">Nobody has been authenticated, and the route lets nobody in then.</exception>
    public static Subject Of(HttpContext http) => Find(http) ?? throw new InvalidOperationException("the check lets nobody through who is not known");

    public static void Is(HttpContext http, Subject subject) => http.Features.Set(subject);
}
