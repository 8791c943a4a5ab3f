using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DevopsCd.Core.Observability;

/// <summary>The seed's five figures and what operators ask next. Never labelled by batch or commit.</summary>
internal static class Metrics
{
    public const string MeterName = "DevopsCd";

    private static readonly Meter s_meter = new(MeterName);
    private static readonly Counter<long> s_transitions = s_meter.CreateCounter<long>("devopscd.batch.transitions", "{event}", "Events that batches accepted");
    private static readonly Counter<long> s_refusals = s_meter.CreateCounter<long>("devopscd.batch.refusals", "{event}", "Events that batches refused");
    private static readonly Histogram<double> s_deployments =
        s_meter.CreateHistogram<double>("devopscd.deploy.duration", "s", "From the start of an operation to its end");
    private static readonly Counter<long> s_calls =
        s_meter.CreateCounter<long>("devopscd.deploy.calls", "{call}", "Calls to the deploy service by what came of them");
    private static readonly Counter<long> s_builds = s_meter.CreateCounter<long>("devopscd.intake.builds", "{build}", "Builds taken in");
    private static readonly Counter<long> s_notices =
        s_meter.CreateCounter<long>("devopscd.notification.messages", "{message}", "Messages to channels by what came of them");
    private static readonly Histogram<double> s_scans = s_meter.CreateHistogram<double>("devopscd.scan.duration", "s", "How long a scan took");
    private static volatile IReadOnlyList<(string Status, long Count)> s_counts = [];

    private static volatile IReadOnlyList<(string State, long Count)> s_messages = [];

    static Metrics()
    {
        s_meter.CreateObservableGauge("devopscd.batch.count",
            () => s_counts.Select(c => new Measurement<long>(c.Count, new KeyValuePair<string, object?>("status", c.Status))), "{batch}",
                "Batches by state, as the last scan saw them");
        s_meter.CreateObservableGauge("devopscd.messages.left",
            () => s_messages.Select(c => new Measurement<long>(c.Count, new KeyValuePair<string, object?>("state", c.State))), "{message}",
            "Messages by what they wait for, as the last scan saw them: waiting in the outbox, parked_outgoing, parked");
    }

    /// <param name="connected">Asked whenever somebody reads the figures.</param>
    public static void WatchBroker(Func<bool> connected) =>
        s_meter.CreateObservableGauge("devopscd.broker.connected", () => connected() ? 1 : 0, "{connection}",
            "1 while the bus is connected and every queue is consumed, else 0");

    /// <param name="skew">Asked whenever somebody reads the figures.</param>
    public static void WatchClock(Func<TimeSpan> skew) =>
        s_meter.CreateObservableGauge("devopscd.clock.skew", () => skew().TotalSeconds, "s", "How far this machine's clock is ahead of the database's");

    public static void Transitioned(string batchEvent, string from, string to) =>
        s_transitions.Add(1, new TagList { { "event", batchEvent }, { "from", from }, { "to", to } });

    public static void Refused(string batchEvent) => s_refusals.Add(1, new TagList { { "event", batchEvent } });

    public static void Deployed(string stage, string outcome, TimeSpan duration) =>
        s_deployments.Record(duration.TotalSeconds, new TagList { { "stage", stage }, { "result", outcome } });

    public static void Called(string verb, string answer) => s_calls.Add(1, new TagList { { "verb", verb }, { "answer", answer } });

    /// <param name="channel">The channel's name in the configuration.</param>
    /// <param name="outcome"><c>sent</c>, <c>retried</c> or <c>failed</c>.</param>
    public static void Told(string channel, string outcome) => s_notices.Add(1, new TagList { { "channel", channel }, { "outcome", outcome } });

    public static void TookIn(string source, string status) => s_builds.Add(1, new TagList { { "source", source }, { "status", status } });

    public static void Scanned(TimeSpan duration, IReadOnlyList<(string Status, long Count)> batches, IReadOnlyList<(string State, long Count)> messages)
    {
        s_scans.Record(duration.TotalSeconds);
        (s_counts, s_messages) = (batches, messages);
    }
}
