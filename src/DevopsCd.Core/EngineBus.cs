using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Consuming;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Observability;
using DevopsCd.Core.Scanning;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace DevopsCd.Core;

/// <summary>The engine on a bus: saga, consumers, outbox, schedule. The transport is the host's choice.</summary>
internal static class EngineBus
{
    public static void AddEngine(this IBusRegistrationConfigurator bus)
    {
        bus.SetKebabCaseEndpointNameFormatter();
        bus.AddEntityFrameworkOutbox<CdDbContext>(outbox =>
        {
            outbox.IsolationLevel = System.Data.IsolationLevel.ReadCommitted;
            outbox.QueryDelay = TimeSpan.FromSeconds(2);
            // The lease is twice that: what a lost host had committed and not sent is with the others' sweep after 10 to 12 s.
            outbox.UseBusOutbox(delivery => delivery.MessageDeliveryTimeout = TimeSpan.FromSeconds(5));
        });
        bus.AddTransactionalQuartzScheduler<CdDbContext>();
        bus.AddSagaStateMachine<BatchStateMachine, Batch, BatchDefinition>().InTables();
        bus.AddConsumer<BuildCompletedConsumer, TransactionalDefinition<BuildCompletedConsumer>>();
        bus.AddConsumer<DeployApplicationConsumer, OutsideCallDefinition<DeployApplicationConsumer>>();
        bus.AddConsumer<CheckDeploymentConsumer, OutsideCallDefinition<CheckDeploymentConsumer>>();
        bus.AddConsumer<DeploymentReportedConsumer, OutsideCallDefinition<DeploymentReportedConsumer>>();
        bus.AddConsumer<AdvanceStageConsumer, OutsideCallDefinition<AdvanceStageConsumer>>();
        bus.AddConsumer<ProductionReadyTrigger, OutsideCallDefinition<ProductionReadyTrigger>>();
        bus.AddConsumer<StartScheduledConsumer, OutsideCallDefinition<StartScheduledConsumer>>();
        bus.AddConsumer<AskGateConsumer, OutsideCallDefinition<AskGateConsumer>>();
        bus.AddConsumer<GateAnsweredConsumer, OutsideCallDefinition<GateAnsweredConsumer>>();
        bus.AddConsumer<ScanBatchesConsumer, OutsideCallDefinition<ScanBatchesConsumer>>();
    }

    /// <summary>Quartz: on PostgreSQL one schedule for the cluster, else in memory with the scan as the net after a restart.</summary>
    public static IServiceCollection AddSchedule(this IServiceCollection services, CoreSettings settings)
    {
        services.AddQuartzMessageStore(quartz =>
        {
            if (settings.Storage.Postgres)
                quartz.UsePostgres(settings.Storage.PostgresConnection()!);
            else
                quartz.UseInMemory();
        });
        return services.AddQuartz(quartz => quartz.ScheduleJob<BatchScanJob>(
            trigger => trigger.WithIdentity("scan").StartNow()
                .WithSimpleSchedule(every => every.WithInterval(settings.Core.ScanInterval.Value).RepeatForever()),
            job => job.WithIdentity("scan")));
    }

    /// <summary>What every endpoint has: the scope's scheduler, and log lines that name the message.</summary>
    public static void UseEngine(this IBusFactoryConfigurator endpoints, IBusRegistrationContext context)
    {
        endpoints.UseFilter(new ConsumeWatch(context.GetRequiredService<WorkWatch>()));
        endpoints.UseFilter(new ConsumeLog(context.GetRequiredService<ILogger<ConsumeLog>>()));
        endpoints.UseTransactionalQuartzScheduler(context);
    }
}
