using DevopsCd.Contracts.Api;
using DevopsCd.Shared.OpenApi;

namespace DevopsCd.Host.Api;

/// <summary>Every kind of problem this service answers.</summary>
internal static class ProblemTypes
{
    public const string Prefix = "urn:devopscd:";

    // Before the types, which fill it.
    private static readonly Dictionary<string, Sentence> s_titles = [];

    public static readonly ProblemType Unreadable = Of(400, "unreadable", "The request cannot be read", "The body or a parameter is not of the expected form.");
    public static readonly ProblemType UnknownParameter = Of(400, "unknown-parameter", "Unknown parameter",
        "The route does not have a query parameter that was sent; `errors` names it.");
    public static readonly ProblemType OperatorRequired = Of(401, "operator-required", "Operator required",
        "The header `X-Operator` is longer than 100 characters, cannot be read, or names a system identity.");
    public static readonly ProblemType OperatorNotTaken = Of(400, "operator-not-taken", "Operator not taken",
        "The header `X-Operator` was sent to a service where people log in.");
    public static readonly ProblemType TokenInAddress = Of(400, "token-in-address", "A token in the address",
        "An API token stands in the address, where proxies and logs keep it.");
    public static readonly ProblemType ProxyNotTrusted = Of(403, "proxy-not-trusted", "Not a trusted proxy",
        "A header that names the caller came from an address that is not a trusted proxy's.");
    public static readonly ProblemType DeviceLoginOpen = Of(400, "device-login-open", "No token",
        "A program's login has no token to give: `error` says why, as RFC 8628 names it.");
    public static readonly ProblemType LoginRequired = Of(401, "login-required", "Login required",
        "Nobody is logged in: neither a session nor a valid token came with the request.");
    public static readonly ProblemType LoginFailed = Of(401, "login-failed", "Login failed",
        "The name, the password or the code is wrong, or the account is locked for a while.");
    public static readonly ProblemType CodeNeeded = Of(401, "code-needed", "Code needed", "The password is right, and the account asks for a code beside it.");
    public static readonly ProblemType PeopleOnly = Of(403, "people-only", "For people only", "A token or a program sent what only a person may do.");
    public static readonly ProblemType NotOffered = Of(404, "not-offered", "Not offered here", "The service is not configured to know people in this way.");
    public static readonly ProblemType InvitationOver = Of(410, "invitation-over", "The link is over", "The link has been used, or its time is over.");
    public static readonly ProblemType Unauthorized = Of(401, "unauthorized", "Unauthorized",
        "The signature or token of the sender is missing or wrong, or no such source is configured.");
    public static readonly ProblemType CrossSite = Of(403, "cross-site", "Sent by another site", "A browser sent the request for a page of another site.");
    public static readonly ProblemType Forbidden = Of(403, "forbidden", "Not allowed", "The caller has no right to do this.");
    public static readonly ProblemType NotFound = Of(404, "not-found", "Not found", "What the address names does not exist.");
    public static readonly ProblemType NoSuchAddress = Of(404, "no-such-address", "Not found", "No route has this address.");
    public static readonly ProblemType MethodNotAllowed = Of(405, "method-not-allowed", "Method not allowed",
        "The address does not accept this method; `Allow` lists those it accepts.");
    public static readonly ProblemType BodyTooSlow = Of(408, "body-too-slow", "The request took too long", "The body was not complete within 10 seconds.");
    public static readonly ProblemType Refused = Of(409, "refused", "Refused", "The present state does not allow the request.");
    public static readonly ProblemType ConcurrentChange = Of(409, "concurrent-change", "Concurrent change", "A concurrent request made the same change.");
    public static readonly ProblemType DecidedOtherwise = Of(409, "decided-otherwise", "Already decided", "Another decision has already been made.");
    public static readonly ProblemType KeyInUse = Of(409, "key-in-use", "The key is in use",
        "The first request under the `Idempotency-Key` has no stored answer: it is in progress, or it was interrupted and may have taken effect.");
    public static readonly ProblemType ScanRunning = Of(409, "scan-running", "A scan is running", "Another scan is running; it does what this one would do.");
    public static readonly ProblemType Changed = Of(412, "changed", "Changed since it was read",
        "The resource has changed since the state that the request names was read, or does not exist.");
    public static readonly ProblemType BodyTooLarge = Of(413, "body-too-large", "The body is too large", "The body is larger than 1 MiB.");
    public static readonly ProblemType JsonRequired = Of(415, "json-required", "Unsupported content type", "The body is not sent as JSON in UTF-8.");
    public static readonly ProblemType Misdirected = Of(421, "misdirected", "Misdirected request",
        "The request was sent to a host that does not answer for it.");
    public static readonly ProblemType Invalid = Of(422, "invalid", "Some fields are invalid",
        "A field, parameter or header has a value that is not allowed; `errors` names each.");
    public static readonly ProblemType StillWrong = Of(422, "still-wrong", "The message is still wrong",
        "The message cannot be understood as it would be sent; `fields` names what to correct.");
    public static readonly ProblemType TooManyRequests = Of(429, "too-many-requests", "Too many requests",
        "More requests were sent than the limit allows.", retryAfter: true);
    public static readonly ProblemType ChannelRefused = Of(502, "channel-refused", "The channel's service did not accept the notice",
        "The channel's service refused the test notice or did not answer.");
    public static readonly ProblemType Unavailable = Of(503, "unavailable", "Not available now",
        "The service is starting, has too many requests in progress, or its database does not answer.", retryAfter: true);
    public static readonly ProblemType Failed = Of(500, "failed", "The service failed", "The service failed.");

    private static readonly ProblemType s_other = Of(400, "bad-request", "The request cannot be served", "The request cannot be served.");

    private static readonly Dictionary<int, ProblemType> s_byStatus = new ProblemType[]
    {
        Unreadable, Unauthorized, CrossSite, NotFound, MethodNotAllowed, BodyTooSlow,
        Refused, Changed, BodyTooLarge, JsonRequired, Misdirected, Invalid, TooManyRequests, Unavailable, Failed
    }.ToDictionary(type => type.Status);

    /// <summary>The kind that a status means where nothing more is known of it.</summary>
    public static ProblemType Of(int status) => s_byStatus.GetValueOrDefault(status)
        ?? (status >= 500 ? Failed : s_other) with { Status = status };

    /// <summary>The title of a kind, for whoever tells it in another language; null for a kind of others.</summary>
    public static Sentence? TitleOf(string uri) => s_titles.GetValueOrDefault(uri);

    private static ProblemType Of(int status, string code, Sentence title, string meaning, bool retryAfter = false)
    {
        s_titles.Add(Prefix + code, title);
        return new ProblemType(status, Prefix + code, title, meaning, typeof(Problem), retryAfter);
    }
}
