using DevopsCd.Core.Observability;
using DevopsCd.Host.Access.Data;

namespace DevopsCd.Host.Access;

/// <summary>Records what happens at the door, in the log and in <c>access_login_events</c>. The row is written with the caller's next save.</summary>
internal sealed class LoginJournal(AccessDbContext db, IHttpContextAccessor http, TimeProvider clock, ILogger<LoginJournal> log)
{
    /// <summary>Somebody has logged in.</summary>
    public const string LoggedIn = "login";

    /// <summary>Somebody wanted to log in and was refused.</summary>
    public const string LoginFailed = "login_failed";

    private const int LongestSubject = 256, LongestDetail = 1024;

    /// <param name="what">What happened, for example <c>login_failed</c>.</param>
    /// <param name="subject">Whom it concerns.</param>
    /// <param name="detail">More, for people; never a secret.</param>
    /// <param name="by">Who did it, where the request does not say.</param>
    public void Add(string what, string subject, string? detail = null, string? by = null)
    {
        var happened = new LoginEvent
        {
            At = clock.GetUtcNow(),
            What = what,
            Subject = Cut(subject, LongestSubject),
            Operator = Cut(by ?? (http.HttpContext is { } request && Caller.Find(request) is { } caller ? caller.Id : subject), LongestSubject),
            Address = http.HttpContext?.Connection.RemoteIpAddress?.ToString(),
            Detail = detail is null ? null : Cut(detail, LongestDetail)
        };
        db.LoginEvents.Add(happened);
        if (what is LoggedIn or LoginFailed)
            Metrics.LoggedIn(what == LoggedIn);
        log.Happened(what, happened.Subject, happened.Operator, happened.Address, happened.Detail);
    }

    // Names of failed logins are strangers' words: no database keeps a NUL.
    private static string Cut(string text, int longest) => (text.Length > longest ? text[..longest] : text).Replace('\0', '\uFFFD');
}
