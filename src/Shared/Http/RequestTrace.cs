using System.Diagnostics;

namespace DevopsCd.Shared.Http;

/// <summary>By what a request is found in the log and among traces.</summary>
internal static class RequestTrace
{
    /// <summary>The id of its trace; the server's own number where it has none.</summary>
    public static string IdOf(HttpContext http) => Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
}
