using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DevopsCd.Core.Observability;

/// <summary>The seed's five figures and what operators ask next. Never labelled by batch, application or commit.</summary>
internal static class Metrics
{
    public const string MeterName = "DevopsCd";

    // The default bounds begin at 5: no scan is that slow, and no deployment that fast.
    private static readonly InstrumentAdvice<double> s_deploymentBounds = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600]
    };

    private static readonly InstrumentAdvice<double> s_scanBounds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    };

    private static readonly Meter s_meter = new(MeterName);
    private static readonly Counter<long> s_transitions = s_meter.CreateCounter<long>("devopscd.batch.transitions", "{event}", "Events that batches accepted");
    private static readonly Counter<long> s_refusals =
        s_meter.CreateCounter<long>("devopscd.batch.refusals", "{event}",
            "Events that batches refused, by why: illegal, content, notfound, denied, stale or late");
    private static readonly Counter<long> s_faults =
        s_meter.CreateCounter<long>("devopscd.batch.faults", "{event}", "Events that failed by a fault of the system");
    private static readonly Histogram<double> s_deployments =
        s_meter.CreateHistogram("devopscd.deploy.duration", "s", "From the start of an operation to its end", null, s_deploymentBounds);
    private static readonly Histogram<double> s_gates =
        s_meter.CreateHistogram("devopscd.gate.duration", "s", "From the question of a gate to its decision", null, s_deploymentBounds);
    private static readonly Counter<long> s_calls =
        s_meter.CreateCounter<long>("devopscd.deploy.calls", "{call}", "Calls to the deploy service by what came of them");
    private static readonly Counter<long> s_builds = s_meter.CreateCounter<long>("devopscd.intake.builds", "{build}", "Builds taken in");
    private static readonly Counter<long> s_notices =
        s_meter.CreateCounter<long>("devopscd.notification.messages", "{message}", "Messages to channels by what came of them");
    private static readonly Counter<long> s_logins = s_meter.CreateCounter<long>("devopscd.logins", "{login}", "Logins by what came of them");
    private static readonly Histogram<double> s_scans =
        s_meter.CreateHistogram("devopscd.scan.duration", "s", "How long a scan took, by what came of it", null, s_scanBounds);
    private static volatile StateFigures s_state = StateFigures.None;
    private static volatile TimeProvider s_clock = TimeProvider.System;
    private static long s_lastScan;

    static Metrics()
    {
        s_meter.CreateObservableGauge("devopscd.batch.count", () => Counts(s_state.Batches, "status"), "{batch}", "Batches by state");
        s_meter.CreateObservableGauge("devopscd.batch.waiting", () => Counts(s_state.Waiting.Select(w => (w.For, w.Count)), "for"), "{batch}",
            "Batches that wait for people: approval, retry, start_prod or accept");
        s_meter.CreateObservableGauge("devopscd.batch.waiting.oldest", () => Ages(s_state.Waiting.Select(w => (w.For, w.Since)), "for"), "s",
            "How long the oldest of them has waited; 0 where none waits");
        s_meter.CreateObservableGauge("devopscd.stage.oldest_running", () => Ages(s_state.Running, "stage"), "s",
            "How long the oldest stage that runs has run; 0 where none runs");
        s_meter.CreateObservableGauge("devopscd.operations.in_flight", () => One(s_state.InFlight), "{operation}", "Deployment operations that have not ended");
        s_meter.CreateObservableGauge("devopscd.operations.overdue", () => One(s_state.Overdue), "{operation}",
            "Deployment operations that have not ended a minute after their deadline");
        s_meter.CreateObservableGauge("devopscd.operations.late", () => One(s_state.Late), "{operation}",
            "Deployment operations that have not ended and take more than twice as long as 99 of 100 did before");
        s_meter.CreateObservableGauge("devopscd.live.drifted", () => One(s_state.Drifted), "{place}",
            "Places in which something else was found than what was deployed there");
        s_meter.CreateObservableGauge("devopscd.messages.left", () => Counts(s_state.Messages, "state"), "{message}",
            "Messages by what they wait for: waiting in the outbox, parked_outgoing, parked");
        s_meter.CreateObservableGauge("devopscd.outbox.oldest",
            () => s_state == StateFigures.None ? Enumerable.Empty<Measurement<double>>() : [new Measurement<double>(Age(s_state.OldestMessage))], "s",
            "How long the oldest message that waits in the outbox has waited; 0 where none waits");
        // The scan runs on one instance at a time: the largest of all instances is the last one.
        s_meter.CreateObservableGauge("devopscd.scan.last_success",
            () => Volatile.Read(ref s_lastScan) is > 0 and var at ? [new Measurement<long>(at)] : Enumerable.Empty<Measurement<long>>(), "s",
            "When this instance last completed a scan, in seconds since 1970");
    }

    /// <summary>Counts nothing under every label that alerts look at: the increase to a first 1 would be seen by nobody.</summary>
    public static void Announce()
    {
        foreach (var type in BatchEventTypes.All)
            s_faults.Add(0, new KeyValuePair<string, object?>("event", type.Key));
        foreach (var result in (string[])["succeeded", "failed"])
            s_logins.Add(0, new KeyValuePair<string, object?>("result", result));
    }

    /// <param name="connected">Asked whenever somebody reads the figures.</param>
    public static void WatchBroker(Func<bool> connected) =>
        s_meter.CreateObservableGauge("devopscd.broker.connected", () => connected() ? 1 : 0, "{connection}",
            "1 while the bus is connected and every queue is consumed, else 0");

    /// <param name="skew">Asked whenever somebody reads the figures.</param>
    public static void WatchClock(Func<TimeSpan> skew) =>
        s_meter.CreateObservableGauge("devopscd.clock.skew", () => skew().TotalSeconds, "s", "How far this machine's clock is ahead of the database's");

    /// <param name="open">Asked whenever somebody reads the figures.</param>
    public static void WatchStreams(Func<int> open) =>
        s_meter.CreateObservableGauge("devopscd.live.streams", () => open(), "{stream}", "Streams of changes that are open on this host");

    public static void Transitioned(string batchEvent, string from, string to) =>
        s_transitions.Add(1, new TagList { { "event", batchEvent }, { "from", from }, { "to", to } });

    /// <param name="batchEvent">The event's key.</param>
    /// <param name="kind">Why; a refused click is no failure of the system.</param>
    public static void Refused(string batchEvent, string kind) => s_refusals.Add(1, new TagList { { "event", batchEvent }, { "kind", kind } });

    /// <param name="batchEvent">The key of the event that was neither accepted nor refused.</param>
    public static void Faulted(string batchEvent) => s_faults.Add(1, new KeyValuePair<string, object?>("event", batchEvent));

    public static void Deployed(string stage, string outcome, TimeSpan duration) =>
        s_deployments.Record(duration.TotalSeconds, new TagList { { "stage", stage }, { "result", outcome } });

    /// <param name="kind">The kind of the gate.</param>
    /// <param name="outcome"><c>passed</c>, <c>failed</c> or <c>overridden</c>.</param>
    /// <param name="duration">From the question to the decision.</param>
    public static void GateDecided(string kind, string outcome, TimeSpan duration) =>
        s_gates.Record(duration.TotalSeconds, new TagList { { "kind", kind }, { "outcome", outcome } });

    public static void Called(string verb, string answer) => s_calls.Add(1, new TagList { { "verb", verb }, { "answer", answer } });

    /// <param name="channel">The channel's name in the configuration.</param>
    /// <param name="outcome"><c>sent</c>, <c>retried</c> or <c>failed</c>.</param>
    public static void Told(string channel, string outcome) => s_notices.Add(1, new TagList { { "channel", channel }, { "outcome", outcome } });

    public static void TookIn(string source, string status) => s_builds.Add(1, new TagList { { "source", source }, { "status", status } });

    /// <param name="succeeded">Whether somebody has logged in, or was refused.</param>
    public static void LoggedIn(bool succeeded) => s_logins.Add(1, new KeyValuePair<string, object?>("result", succeeded ? "succeeded" : "failed"));

    /// <param name="duration">From the lock on.</param>
    /// <param name="endedAt">When it completed; null when it failed.</param>
    public static void Scanned(TimeSpan duration, DateTimeOffset? endedAt)
    {
        s_scans.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("result", endedAt is null ? "failed" : "completed"));
        if (endedAt is { } at)
            Volatile.Write(ref s_lastScan, at.ToUnixTimeSeconds());
    }

    /// <param name="figures">What the database says now.</param>
    /// <param name="clock">By what ages are told.</param>
    public static void Show(StateFigures figures, TimeProvider clock) => (s_clock, s_state) = (clock, figures);

    private static IEnumerable<Measurement<long>> Counts(IEnumerable<(string Label, long Count)> counts, string name) =>
        counts.Select(c => new Measurement<long>(c.Count, new KeyValuePair<string, object?>(name, c.Label)));

    private static IEnumerable<Measurement<double>> Ages(IEnumerable<(string Label, DateTimeOffset? Since)> ages, string name) =>
        ages.Select(a => new Measurement<double>(Age(a.Since), new KeyValuePair<string, object?>(name, a.Label)));

    private static IEnumerable<Measurement<long>> One(long? value) => value is { } known ? [new Measurement<long>(known)] : [];

    private static double Age(DateTimeOffset? since) => since is { } at ? Math.Max(0, (s_clock.GetUtcNow() - at).TotalSeconds) : 0;
}
