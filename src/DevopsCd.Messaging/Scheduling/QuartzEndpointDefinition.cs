using MassTransit.Middleware;
using MassTransit.QuartzIntegration;
using Microsoft.Extensions.Options;

namespace MassTransit.Configuration;

/// <summary>The endpoint all schedule commands share; commands about one schedule are handled one after the other.</summary>
internal sealed class QuartzEndpointDefinition :
    IEndpointDefinition<ScheduleMessageConsumer>,
    IEndpointDefinition<CancelScheduledMessageConsumer>,
    IEndpointDefinition<PauseScheduledMessageConsumer>,
    IEndpointDefinition<ResumeScheduledMessageConsumer>
{
    private readonly QuartzEndpointOptions _options;

    public QuartzEndpointDefinition(IOptions<QuartzEndpointOptions> options)
    {
        _options = options.Value;
        Partition = new Partitioner(_options.ConcurrentMessageLimit ?? _options.PrefetchCount ?? 32, new Murmur3UnsafeHashGenerator());
    }

    public IPartitioner Partition { get; }

    public bool ConfigureConsumeTopology => true;

    public bool IsTemporary => false;

    public int? PrefetchCount => _options.PrefetchCount;

    public int? ConcurrentMessageLimit => _options.ConcurrentMessageLimit;

    public string GetEndpointName(IEndpointNameFormatter formatter) => _options.QueueName;

    public void Configure<T>(T configurator, IRegistrationContext? context)
        where T : IReceiveEndpointConfigurator
    {
    }
}
