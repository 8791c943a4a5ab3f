using System.Diagnostics.Metrics;

namespace DevopsCd.DeployService;

/// <summary>What this process counts about itself.</summary>
internal sealed class DeployMetrics
{
    public const string MeterName = "DevopsCd.DeployService";

    private readonly Counter<long> _ended;
    private readonly Counter<long> _apiCalls;
    private readonly Counter<long> _throttled;
    private readonly Counter<long> _callbacks;
    private readonly Histogram<double> _duration;
    private Func<IEnumerable<Measurement<long>>> _phases = () => [];

    public DeployMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _ended = meter.CreateCounter<long>("devopscd.deploy.operations.ended", "{operation}", "Operations that ended, by phase, strategy and cluster.");
        _apiCalls = meter.CreateCounter<long>("devopscd.deploy.api.calls", "{call}", "Calls to Kubernetes API servers, by cluster, verb and resource.");
        _throttled = meter.CreateCounter<long>("devopscd.deploy.api.throttles", "{call}", "Calls an API server answered with 429.");
        _callbacks = meter.CreateCounter<long>("devopscd.deploy.callbacks", "{callback}", "Callbacks sent, by result.");
        // The default bounds are meant for milliseconds.
        _duration = meter.CreateHistogram("devopscd.deploy.operations.duration", "s", "From acceptance to the end of an operation.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600] });
        meter.CreateObservableGauge("devopscd.deploy.operations", () => _phases(), "{operation}", "Operations on record, by phase.");
    }

    public void ObservePhases(Func<IEnumerable<Measurement<long>>> phases) => _phases = phases;

    public void ApiCall(string cluster, string verb, string resource)
    {
        _apiCalls.Add(1, new("cluster", cluster), new("verb", verb), new("resource", resource));
    }

    public void Throttled(string cluster) => _throttled.Add(1, new KeyValuePair<string, object?>("cluster", cluster));

    public void Callback(string result) => _callbacks.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Ended(string phase, string strategy, string cluster, TimeSpan took)
    {
        _ended.Add(1, new("phase", phase), new("strategy", strategy), new("cluster", cluster));
        _duration.Record(took.TotalSeconds, new("phase", phase), new("strategy", strategy));
    }
}
