using DevopsCd.Core.Access;
using DevopsCd.Core.CdEvents;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Parking;
using DevopsCd.Host.Access;
using DevopsCd.Shared;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using RabbitMQ.Client;

namespace DevopsCd.Host.Broker;

/// <summary>The transport: RabbitMQ or in memory, with the same checks and the same parking. The only room that knows RabbitMQ.</summary>
internal static class BrokerRegistration
{
    public const string TransportKey = "core:transport";

    /// <summary>
    /// Chooses the transport by <c>core:transport</c> (<c>in-memory</c>, <c>rabbitmq</c>) and configures every endpoint. Called once inside
    /// <c>AddMassTransit</c>, after the consumers.
    /// </summary>
    /// <param name="bus">The registration.</param>
    /// <param name="configuration">The root of the configuration.</param>
    /// <param name="configure">What the composition root adds to the bus, for example a message scheduler.</param>
    public static void AddBroker(
        this IBusRegistrationConfigurator bus, IConfiguration configuration, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure = null)
    {
        var transport = configuration[TransportKey] ?? "in-memory";
        var options = Read(new ConfigurationReader(configuration));
        bus.AddSingleton(options);
        bus.AddSingleton<BrokerCheck>();
        bus.AddSingleton<BrokerLine>();
        bus.AddSingleton<HungSends>();
        bus.AddSingleton<BrokerWatch>();
        bus.AddSingleton<Parker>();
        bus.AddSingleton(new SenderRights(options, transport == "rabbitmq"));
        if (transport == "rabbitmq")
            bus.AddSingleton(provider => new SenderTrust(options.Address.Username, options.RequireUserId,
                provider.GetRequiredService<AuthOptions>().IsLocal ? LocalAccess.Everything : []));
        bus.DisableUsageTelemetry();
        bus.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            // HTTP works while the broker is away; BrokerCheck says what that means.
            host.WaitUntilStarted = false;
            host.StopTimeout = TimeSpan.FromSeconds(5);
            host.ConsumerStopTimeout = TimeSpan.FromSeconds(4);
        });

        bus.AddConfigureEndpointsCallback((context, _, endpoint) => Guard(context, endpoint, options));
        if (transport == "rabbitmq")
        {
            bus.AddSingleton<ISendFailures, RabbitSendFailures>();
            bus.AddSingleton<IHostedService>(provider => provider.GetRequiredService<BrokerWatch>());
            bus.UsingRabbitMq((context, rabbit) => Configure(context, rabbit, options, configure));
        }
        else
        {
            bus.UsingInMemory((context, memory) =>
            {
                AddDeserializers(context, memory);
                configure?.Invoke(context, memory);
                memory.ConfigureEndpoints(context);
            });
        }
    }

    /// <summary>Reads the section; what is wrong goes to the reader.</summary>
    public static BrokerOptions Read(ConfigurationReader reader)
    {
        var options = reader.Read<BrokerOptions>(BrokerOptions.Section);
        if (reader.Value(TransportKey) == "rabbitmq")
        {
            reader.Wrong(options.Wrong());
            if (!options.RequireUserId)
                reader.Doubt(
                    [$"{BrokerOptions.Section}:require_user_id is false: whoever may publish may do everything, under any name, whatever the bindings say"]);
        }
        else if (reader.Has(BrokerOptions.Section))
            reader.Doubt([$"{BrokerOptions.Section} has no effect: {TransportKey} is {reader.Value(TransportKey) ?? "in-memory"}; rabbitmq would use it"]);
        return options;
    }

    private static void Configure(
        IBusRegistrationContext context,
        IRabbitMqBusFactoryConfigurator rabbit,
        BrokerOptions options,
        Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure)
    {
        Connect(rabbit, options, context.GetRequiredService<BrokerLine>());
        DeclareContracts(rabbit);
        AddDeserializers(context, rabbit);
        rabbit.ConnectSendObserver(context.GetRequiredService<HungSends>());
        rabbit.ConfigurePublish(pipe => pipe.UseExecute(Seal));
        rabbit.ConfigureSend(pipe => pipe.UseExecute(Seal));
        configure?.Invoke(context, rabbit);
        rabbit.ConfigureEndpoints(context);
        rabbit.ReceiveEndpoint(QueueNames.Unrouted, endpoint => Catch(context, endpoint, options));
        rabbit.ReceiveEndpoint(QueueNames.Dead, endpoint => Catch(context, endpoint, options));

        void Seal(SendContext send)
        {
            if (!send.TryGetPayload<RabbitMqSendContext>(out var message))
                return;
            // Inbound exchanges have an alternate one, so that "mandatory" only ever says that the topology is broken.
            message.Mandatory = ContractCatalogue.ByExchange(message.Exchange) is { IsInbound: true };
            if (options.RequireUserId)
                message.BasicProperties.UserId = options.Address.Username;
        }
    }

    private static void Connect(IRabbitMqBusFactoryConfigurator rabbit, BrokerOptions options, BrokerLine line)
    {
        var address = options.Address;
        rabbit.Host(address.Host, address.Port, address.VirtualHost, "devopscd", host =>
        {
            host.Username(address.Username);
            host.Password(address.Password);
            host.Heartbeat(BrokerWatch.Heartbeat);
            host.OnRefreshConnectionFactory = line.FollowAsync;
            if (address.Tls)
                host.UseSsl(tls =>
                {
                    tls.ServerName = options.Tls.ServerName ?? address.Host;
                    tls.CertificatePath = options.Tls.CertificatePath;
                    tls.CertificatePassphrase = options.Tls.CertificatePassword;
                });
        });
    }

    /// <summary>Every exchange of the contracts exists before anything is published, whoever listens; what is inbound is never dropped.</summary>
    private static void DeclareContracts(IRabbitMqBusFactoryConfigurator rabbit)
    {
        foreach (var contract in ContractCatalogue.All)
            rabbit.Publish(contract.Type, exchange =>
            {
                if (contract.IsInbound)
                    exchange.SetExchangeArgument("alternate-exchange", QueueNames.Unrouted);
            });

        // Listeners may bind to it before the first event.
        rabbit.Message<CloudEvent>(message => message.SetEntityName(CdEventsChannel.Exchange));
        rabbit.Publish<CloudEvent>(exchange =>
        {
            // MassTransit takes the exchange of an internal type for a passing one.
            (exchange.Durable, exchange.AutoDelete) = (true, false);
            exchange.ExchangeType = ExchangeType.Topic;
        });
        rabbit.DeployPublishTopology = true;

        // The bus's own queue deploys the topology above. RabbitMQ 4.3 refuses transient queues that are not exclusive.
        rabbit.AutoStart = true;
        rabbit.Exclusive = true;
    }

    private static void AddDeserializers(IBusRegistrationContext context, IBusFactoryConfigurator bus)
    {
        var rights = context.GetRequiredService<SenderRights>();
        bus.AddDeserializer(new DeserializerFactory(new EnvelopeDeserializer(rights)));
        bus.AddDeserializer(new DeserializerFactory(new PlainJsonDeserializer(rights)), isDefault: true);
    }

    private static void Guard(IRegistrationContext context, IReceiveEndpointConfigurator endpoint, BrokerOptions options)
    {
        var parker = context.GetRequiredService<Parker>();
        endpoint.PublishFaults = false;
        endpoint.ConfigureReceive(pipe =>
        {
            pipe.UseFilter(new ProducersTrace());
            pipe.UseFilter(Hold(context));
        });
        endpoint.ConfigureError(pipe => pipe.UseFilter(new ParkFaults(parker)));
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(new ParkSkipped(parker)));
        if (endpoint is not IRabbitMqReceiveEndpointConfigurator rabbit)
            return;

        SetQueueType(rabbit, options);
        rabbit.DeadLetterExchange = QueueNames.Dead;
    }

    private static void Catch(IRegistrationContext context, IRabbitMqReceiveEndpointConfigurator endpoint, BrokerOptions options)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.ConfigureReceive(pipe =>
        {
            pipe.UseFilter(Hold(context));
            pipe.UseFilter(new ParkAll(context.GetRequiredService<Parker>()));
        });
        if (options.QueueType == "quorum")
            endpoint.SetQuorumQueue();
    }

    private static void SetQueueType(IRabbitMqReceiveEndpointConfigurator endpoint, BrokerOptions options)
    {
        if (options.QueueType != "quorum")
            return;
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", options.DeliveryLimit);
        // The broker keeps a dead letter until its new queue has confirmed it.
        endpoint.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        endpoint.SetQueueArgument("x-overflow", "reject-publish");
    }

    private static HoldDuringOutage Hold(IRegistrationContext context) => new(
        context.GetRequiredService<TimeProvider>(),
        context.GetRequiredService<ILoggerFactory>().CreateLogger<HoldDuringOutage>(),
        context.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
}
