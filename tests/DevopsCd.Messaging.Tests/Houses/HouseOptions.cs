using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>What a test changes about its house.</summary>
internal sealed class HouseOptions
{
    public Action<IEntityFrameworkOutboxConfigurator>? Outbox { get; set; }

    public Action<IEntityFrameworkSagaRepositoryConfigurator<Parcel>>? Repository { get; set; }

    public Action<IBusRegistrationConfigurator>? Bus { get; set; }

    public Action<IRegistrationContext, IBusFactoryConfigurator>? Endpoints { get; set; }

    public Action<IRetryConfigurator> Retry { get; set; } = static retry => retry.Immediate(3);

    public Action<IServiceCollection>? Services { get; set; }

    public int Concurrency { get; set; } = 20;

    public int ObserverConcurrency { get; set; } = 20;

    /// <summary>Puts relays in front of the servers, so that they can be taken away.</summary>
    public bool Relays { get; set; }
}
