using System.Diagnostics;
using MassTransit.Logging;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// The trace of a message that is kept and sent later: it leaves as part of the trace it was written in, whatever its sender is doing by then.
/// MassTransit itself would hang it under the sender's.
/// </summary>
internal static class StoredTrace
{
    /// <summary>What those who trace have to listen to, beside <c>MassTransit</c>.</summary>
    internal const string SourceName = "DevopsCd.Messaging";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Writes down the present trace with a message, where somebody listens.</summary>
    public static void Keep(SendHeaders headers)
    {
        if (s_source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } present)
            headers.Set(DiagnosticHeaders.ActivityId, present.Id);
    }

    /// <summary>Goes on with the trace of a message, in the calling method alone: it returns to what it was with that.</summary>
    /// <param name="headers">The message's.</param>
    /// <param name="name">What is done with it.</param>
    /// <returns>The span, to be disposed; null where nobody listens or nothing was kept.</returns>
    public static Activity? Continue(IEnumerable<KeyValuePair<string, object>> headers, string name)
    {
        Activity.Current = null;
        if (!s_source.HasListeners())
            return null;
        foreach (var (key, value) in headers)
            if (key.Equals(DiagnosticHeaders.ActivityId, StringComparison.OrdinalIgnoreCase))
                return ActivityContext.TryParse(value.ToString(), null, isRemote: true, out var parent)
                    ? s_source.StartActivity(name, ActivityKind.Producer, parent)
                    : null;
        return null;
    }
}
