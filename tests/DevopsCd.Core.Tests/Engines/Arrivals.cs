using System.Collections.Concurrent;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Consuming;
using DevopsCd.Core.MessageContracts;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Context;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>
/// Stands in front of all endpoints of an engine's bus: knows when a message has been worked off, gives its consumers the life of the deploy
/// service's callers, and keeps what they throw. The bus is started for the first message.
/// </summary>
internal sealed class Arrivals(ScriptedDeployService service) : IFilter<ConsumeContext>, IAsyncDisposable
{
    private const string Header = "Test-Arrival", Again = "Test-Again";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, Arrival> _open = new();
    private readonly SemaphoreSlim _starting = new(1);
    private Dictionary<Type, int>? _takers;
    private IBusControl? _bus;

    /// <summary>Returns when every endpoint that takes the message is done with it.</summary>
    public async Task Bring(IServiceProvider services, object message, Guid id, bool again, Subject? asker = null)
    {
        var bus = await Started(services);
        var takers = _takers!.GetValueOrDefault(message.GetType());
        if (takers == 0)
        {
            if (ContractCatalogue.All.Any(c => c.Type == message.GetType() && c.Flow == MessageFlow.FactOut))
                return;
            throw new InvalidOperationException($"nobody takes {message.GetType().Name}");
        }
        var (key, arrival) = ($"{Guid.NewGuid()}", new Arrival(takers));
        _open[key] = arrival;
        await bus.Publish(message, message.GetType(), Pipe.Execute<PublishContext>(context =>
        {
            context.MessageId = id;
            context.Headers.Set(Header, key);
            if (again)
                context.Headers.Set(Again, "true");
            if (asker is not null)
                Senders.Stamp(context, asker);
        }));
        await arrival.Done.WaitAsync(s_patience);
        _open.TryRemove(key, out _);
    }

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var arrival = _open[context.Headers.Get<string>(Header)!];
        if (context.Headers.Get<string>(Again) is not null)
            context.ReceiveContext.GetOrAddPayload(() => new HeldDelivery());
        try
        {
            await next.Send(new Mortal(context, service.Life));
            arrival.End(null);
        }
        catch (Exception exception)
        {
            arrival.End(exception);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("arrivals");

    public async ValueTask DisposeAsync()
    {
        if (_bus is not null)
            await _bus.StopAsync();
    }

    private async Task<IBusControl> Started(IServiceProvider services)
    {
        await _starting.WaitAsync();
        try
        {
            if (_bus is not null)
                return _bus;
            var bus = services.GetRequiredService<IBusControl>();
            await bus.StartAsync();
            _takers = Takers(services);
            return _bus = bus;
        }
        finally
        {
            _starting.Release();
        }
    }

    // As registered: each consumer has an endpoint of its own, and the saga one.
    private static Dictionary<Type, int> Takers(IServiceProvider services) => services.GetServices<IConsumerRegistration>()
        .SelectMany(consumer => consumer.Type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConsumer<>)))
        .Concat(services.GetRequiredService<BatchStateMachine>().Events.SelectMany(e => e.GetType().GetInterfaces())
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(Event<>)))
        .GroupBy(i => i.GetGenericArguments()[0]).ToDictionary(g => g.Key, g => g.Count());

    private sealed class Arrival(int takers)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _thrown;
        private int _open = takers;

        public Task Done => _done.Task;

        public void End(Exception? thrown)
        {
            Interlocked.CompareExchange(ref _thrown, thrown, null);
            if (Interlocked.Decrement(ref _open) > 0)
                return;
            if (_thrown is null)
                _done.SetResult();
            else
                _done.SetException(_thrown);
        }
    }

    private sealed class Mortal(ConsumeContext context, CancellationToken life) : ConsumeContextProxy(context)
    {
        public override CancellationToken CancellationToken => life;
    }
}
