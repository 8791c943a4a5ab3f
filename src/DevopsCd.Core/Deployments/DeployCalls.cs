using System.Collections.Concurrent;
using DevopsCd.Core.Configuration;
using Polly;
using Polly.CircuitBreaker;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Guards around the calls to the deploy service, one set a cluster: a cluster behind which nothing answers fills its own few places, and
/// its broken circuit leaves the calls for others alone. A call is bounded to the last byte of its answer.
/// </summary>
internal sealed class DeployCalls(K8sOptions address, TimeProvider clock)
{
    /// <summary>Calls for one cluster at the same time; the consumers of the engine have more places than that.</summary>
    public const int Places = 8;

    private readonly ConcurrentDictionary<string, ResiliencePipeline<DeployReply>> _guards = new(StringComparer.Ordinal);

    /// <summary>The guard of a cluster; it throws what Polly throws when it lets no call through or ends one.</summary>
    public ResiliencePipeline<DeployReply> For(string cluster) => _guards.GetOrAdd(cluster, _ => Build());

    private ResiliencePipeline<DeployReply> Build() => new ResiliencePipelineBuilder<DeployReply> { TimeProvider = clock }
        // Outermost: a call for which there is no place says nothing about the service.
        .AddConcurrencyLimiter(Places)
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<DeployReply>
        {
            // With five calls in parallel the default of 100 in 30 s would never open.
            MinimumThroughput = 10,
            FailureRatio = 0.8,
            SamplingDuration = TimeSpan.FromSeconds(20),
            BreakDuration = TimeSpan.FromSeconds(5),
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is not null || args.Outcome.Result?.Status >= 500)
        })
        .AddTimeout(address.CallTimeout.Value)
        .Build();
}
