using MassTransit;
using MassTransit.Configuration;

namespace DevopsCd.Core.Consuming;

/// <summary>
/// How many messages of an endpoint work at once, apart from how many it has taken. What waits for its next try keeps its message and gives
/// back its place, so that messages of a batch whose row is held stop nobody else's.
/// </summary>
internal static class Places
{
    /// <summary>Messages an endpoint takes from the broker: more than may belong to the few batches that somebody holds up.</summary>
    private const int Taken = 128;

    /// <summary>To be called between the retry and the outbox: each try takes a place of its own, and holds a transaction only in it.</summary>
    public static void UsePlaces(this IReceiveEndpointConfigurator endpoint, int places)
    {
        endpoint.PrefetchCount = Taken;
        _ = new Observer(endpoint, places);
    }

    private sealed class Observer : ConfigurationObserver, IMessageConfigurationObserver
    {
        private readonly SemaphoreSlim _places;

        public Observer(IConsumePipeConfigurator endpoint, int places)
            : base(endpoint)
        {
            _places = new SemaphoreSlim(places);
            Connect(this);
        }

        public void MessageConfigured<TMessage>(IConsumePipeConfigurator configurator) where TMessage : class =>
            configurator.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<TMessage>>(new Filter<TMessage>(_places)));
    }

    private sealed class Filter<TMessage>(SemaphoreSlim places) : IFilter<ConsumeContext<TMessage>> where TMessage : class
    {
        public async Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
        {
            await places.WaitAsync(context.CancellationToken);
            try
            {
                await next.Send(context);
            }
            finally
            {
                places.Release();
            }
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("places");
    }
}
