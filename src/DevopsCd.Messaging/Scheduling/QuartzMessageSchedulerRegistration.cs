using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.QuartzIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;

namespace MassTransit;

/// <summary>Registration of the Quartz scheduler and of the schedulers of messages on top of it.</summary>
public static class QuartzMessageSchedulerRegistration
{
    /// <summary>
    /// Registers the one Quartz scheduler of the process, started and stopped with the host: clustered on PostgreSQL or in
    /// memory. Further <c>AddQuartz(q => …)</c> calls add jobs and triggers to the same scheduler, and a trigger of theirs
    /// fires once in the cluster. The clock is the registered <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddQuartzMessageStore(this IServiceCollection services, Action<QuartzMessageSchedulerOptions> configure)
    {
        var options = new QuartzMessageSchedulerOptions();
        configure(options);

        services.AddScheduleStore();
        services.AddSingleton(options);
        services.AddQuartz(quartz => Configure(quartz, options));
        services.AddHostedService<ScheduleStart>();
        services.AddQuartzHostedService(host =>
        {
            host.WaitForJobsToComplete = true;
            host.AwaitApplicationStarted = true;
        });
        return services;
    }

    /// <summary>
    /// Registers scoped <see cref="IMessageScheduler"/> and <see cref="IRecurringMessageScheduler"/> that write straight to the
    /// Quartz store, without a message to a scheduler queue. While the scope's <typeparamref name="TDbContext"/> has a
    /// transaction open, a schedule or a cancel belongs to it: on PostgreSQL it is written inside that transaction (a cancel, and what replaces,
    /// pauses or resumes, as its last statements before EF Core commits), with the in-memory store it is done once the transaction has
    /// committed. Without a transaction it is done at once.
    /// Consumers get the same through <see cref="UseTransactionalQuartzScheduler"/>.
    /// </summary>
    public static void AddTransactionalQuartzScheduler<TDbContext>(this IRegistrationConfigurator configurator)
        where TDbContext : DbContext
    {
        configurator.Replace(ServiceDescriptor.Scoped<IScheduleTransactionSource, DbContextTransactionSource<TDbContext>>());
        Interceptors.Register(configurator);
        configurator.TryAddSingleton<ScheduledMessageBuilder>();
        configurator.TryAddScoped(provider => DirectSchedulers.Create(provider));
        configurator.TryAddScoped(DirectSchedulers.CreateRecurring);
    }

    /// <summary>
    /// Lets consumers, sagas and state machines of this bus, endpoint or mediator schedule through the scope's transactional
    /// scheduler: <c>Schedule(…)</c>, <c>Unschedule(…)</c>, <c>context.SchedulePublish(…)</c>, scheduled redelivery.
    /// </summary>
    public static void UseTransactionalQuartzScheduler(this IConsumePipeConfigurator configurator, IRegistrationContext context) =>
        configurator.AddPrePipeSpecification(new DirectSchedulerSpecification(context));

    /// <summary>What schedules messages on the container's scheduler, however that was configured.</summary>
    internal static void AddScheduleStore(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(ScheduleStore)))
            return;

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new QuartzMessageSchedulerOptions());
        services.AddSingleton<ScheduleStore>();
        services.AddQuartz(quartz => quartz.AddJob<ScheduledMessageJob>(job => job
            .WithIdentity(ScheduledMessageJob.Key)
            .WithDescription("Sends scheduled messages")
            .StoreDurably()
            .RequestRecovery()));
    }

    private static void Configure(IQuartzBuilder quartz, QuartzMessageSchedulerOptions options)
    {
        quartz.ConfigureScheduler(scheduler =>
        {
            scheduler.InstanceName = options.SchedulerName;
            scheduler.IdleWaitTime = options.IdleWaitTime;
            if (options.InstanceId is { } id)
                scheduler.InstanceId = id;
        });
        quartz.UseDefaultThreadPool(options.MaxConcurrency);

        if (options.PostgresConnectionString is not { } connectionString)
        {
            quartz.UseInMemoryStore();
            return;
        }

        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(Npgsql.NpgsqlFactory.Instance, connectionString);
            store.UseSystemTextJsonSerializer();
            store.ProvisionSchema();
            store.ConfigureStore(ado =>
            {
                ado.TablePrefix = options.TablePrefix;
                ado.StoreJobDataAsStrings = true;
                ado.AcceptEnlistedTransactions = true;

                // A new trigger is written inside business transactions. The lock would make each of them hold up the whole cluster, for as long as
                // its client takes, and for ever when that client is gone.
                ado.LockOnInsert = false;
                ado.RecoverFiringsCancelledByShutdown = true;
                ado.DbRetryInterval = TimeSpan.FromSeconds(2);
            });
            store.UseClustering(cluster =>
            {
                cluster.CheckinInterval = options.CheckinInterval;
                cluster.CheckinMisfireThreshold = options.CheckinMisfireThreshold;
            });
        });
    }
}
