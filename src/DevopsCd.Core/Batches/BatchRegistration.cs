using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches.Delivery;
using DevopsCd.Core.Batches.Guards;
using DevopsCd.Core.Data;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Batches;

/// <summary>Services of this room.</summary>
internal static class BatchRegistration
{
    public static IServiceCollection AddBatches(this IServiceCollection services) => services
        .AddSingleton(provider => new BatchTransitionTable(provider.GetRequiredService<BatchStateMachine>()))
        .AddSingleton<RefusalFilter>()
        .AddScoped<BatchReleases>()
        .AddScoped<IReadsWithLock<Batch>, EventReads>()
        .AddScoped<EventGuards>()
        .AddGuard<StateGuard>()
        .AddGuard<RightsGuard>()
        .AddGuard<PersonGuard>()
        .AddGuard<VersionGuard>()
        .AddGuard<ReasonGuard>()
        .AddGuard<AttemptGuard>()
        .AddGuard<ContentGuard>()
        .AddGuard<CancelGuard>()
        .AddGuard<MovedGuard>()
        .AddGuard<RollbackGuard>()
        .AddGuard<AuthorGuard>()
        .AddGuard<ApprovalGuard>()
        .AddGuard<EmptyBatchGuard>()
        .AddGuard<BuildGuard>()
        .AddGuard<TargetGuard>()
        .AddGuard<WaveGuard>()
        .AddGuard<DependencyGuard>()
        .AddGuard<BlockedGuard>()
        .AddGuard<FreezeGuard>()
        .AddGuard<GateGuard>()
        .AddGuard<ScheduleGuard>()
        .AddGuard<StageEndGuard>()
        .AddSingleton<BatchDoorFilter>()
        .AddScoped<BatchDoor>()
        .AddScoped<BatchTransitions>()
        .AddScoped<BatchFactory>()
        .AddScoped<ScheduledStarts>()
        .AddScoped<RefusalRecorder>()
        .AddScoped<DeliveryReport>()
        .AddScoped<BatchCommands>()
        .AddScoped<ReleaseEditor>()
        .AddSingleton<BatchIds>().AddSingleton<ProductionPlans>()
        .AddScoped<BatchQueries>().AddScoped<BatchFootnotes>()
        .AddScoped<BatchExplainer>()
        .AddScoped<BatchPlans>()
        .AddScoped<BatchPreflights>()
        .AddScoped<BatchReverts>()
        .AddScoped<SeenBatch>().AddScoped<ReleaseCarving>().AddScoped<BatchSplits>()
        .AddMediator(mediator => mediator.AddSagaStateMachine<BatchStateMachine, Batch, BatchDefinition>().InTables());

    /// <summary>The saga in its tables: the row is locked while an event is decided.</summary>
    public static ISagaRegistrationConfigurator<Batch> InTables(this ISagaRegistrationConfigurator<Batch> saga) => saga.EntityFrameworkRepository(repository =>
    {
        repository.ConcurrencyMode = ConcurrencyMode.Pessimistic;
        repository.IsolationLevel = System.Data.IsolationLevel.ReadCommitted;
        repository.ExistingDbContext<CdDbContext>();
    });
}
