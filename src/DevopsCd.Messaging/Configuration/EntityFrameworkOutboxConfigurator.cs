using System.Data;
using MassTransit.DependencyInjection;
using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.Middleware;
using MassTransit.Transports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MassTransit.Configuration;

/// <summary>Collects what the outbox is told and registers its services.</summary>
internal sealed class EntityFrameworkOutboxConfigurator<TDbContext>(IBusRegistrationConfigurator configurator)
    : IEntityFrameworkOutboxConfigurator, IEntityFrameworkBusOutboxConfigurator
    where TDbContext : DbContext
{
    private readonly EntityFrameworkOutboxOptions<TDbContext> _options = new();
    private readonly InboxCleanupServiceOptions<TDbContext> _cleanup = new();
    private bool _clean = true;
    private bool _busOutbox;

    public TimeSpan DuplicateDetectionWindow { set => _cleanup.DuplicateDetectionWindow = value; }

    public IsolationLevel IsolationLevel { set => _options.IsolationLevel = value; }

    public ILockStatementProvider LockStatementProvider { set => ArgumentNullException.ThrowIfNull(value); }

    public TimeSpan QueryDelay { set => _cleanup.QueryDelay = _options.Delivery.QueryDelay = value; }

    public int QueryMessageLimit { set => _cleanup.QueryMessageLimit = _options.Delivery.QueryMessageLimit = value; }

    public TimeSpan QueryTimeout
    {
        set => _options.QueryTimeout = value > TimeSpan.Zero ? value : throw new ConfigurationException("QueryTimeout must be longer than nothing");
    }

    public int MessageDeliveryLimit
    {
        set => _options.Delivery.MessageDeliveryLimit = value > 0 ? value : throw new ConfigurationException("MessageDeliveryLimit must be at least 1");
    }

    public TimeSpan MessageDeliveryTimeout
    {
        get => _options.Delivery.MessageDeliveryTimeout;
        set => _options.Delivery.MessageDeliveryTimeout = value;
    }

    public void DisableInboxCleanupService() => _clean = false;

    public void DisableDeliveryService() => _options.DeliverBusOutbox = false;

    public void UseBusOutbox(Action<IEntityFrameworkBusOutboxConfigurator>? configure = null)
    {
        configure?.Invoke(this);
        _busOutbox = true;
    }

    public void Register()
    {
        var busType = configurator.GetType().GetInterfaces()
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IBusRegistrationConfigurator<>))
            ?.GetGenericArguments()[0];
        GetType().GetMethod(nameof(RegisterFor), System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!
            .MakeGenericMethod(busType ?? typeof(IBus)).Invoke(this, null);
    }

    private void RegisterFor<TBus>()
        where TBus : class, IBus
    {
        if (configurator.Any(service => service.ServiceType == typeof(OutboxBus<TDbContext>)))
            throw new ConfigurationException($"The outbox of {typeof(TDbContext).Name} belongs to one bus; use a DbContext of its own for another");

        configurator.AddSingleton(new OutboxBus<TDbContext>(provider => typeof(TBus) == typeof(IBus)
            ? provider.GetRequiredService<IBusControl>()
            : provider.GetRequiredService<IBusInstance<TBus>>().BusControl));
        configurator.AddSingleton(Microsoft.Extensions.Options.Options.Create(_options));
        configurator.AddSingleton(Microsoft.Extensions.Options.Options.Create(_cleanup));
        configurator.AddSingleton<OutboxDelivery<TDbContext>>();
        Interceptors.Register(configurator);
        configurator.AddScoped<IOutboxContextFactory<TDbContext>, EntityFrameworkOutboxContextFactory<TDbContext>>();

        if (_busOutbox)
            configurator.ReplaceScoped<IScopedBusContextProvider<TBus>, EntityFrameworkScopedBusContextProvider<TBus, TDbContext>>();
        if (_options.DeliverBusOutbox)
            configurator.AddSingleton<IHostedService, BusOutboxDeliveryService<TDbContext>>();
        if (_clean)
            configurator.AddSingleton<IHostedService, InboxCleanupService<TDbContext>>();
    }
}
