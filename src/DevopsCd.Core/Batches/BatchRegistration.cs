using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Batches;

/// <summary>Services of this room.</summary>
internal static class BatchRegistration
{
    public static IServiceCollection AddBatches(this IServiceCollection services) => services
        .AddSingleton(provider => new Lifecycle(provider.GetRequiredService<BatchStateMachine>()))
        .AddSingleton<RefusalFilter>()
        .AddScoped<BatchWork>()
        .AddScoped<BatchOpening>()
        .AddScoped<BatchJournal>()
        .AddScoped<RefusalRecord>()
        .AddScoped<BatchCommands>()
        .AddScoped<BatchContent>()
        .AddScoped<BatchQueries>()
        .AddMediator(mediator => mediator.AddSagaStateMachine<BatchStateMachine, Batch, BatchMediatorDefinition>().InTables());

    /// <summary>The saga in its tables: the row is locked while an event is decided.</summary>
    public static ISagaRegistrationConfigurator<Batch> InTables(this ISagaRegistrationConfigurator<Batch> saga) => saga.EntityFrameworkRepository(repository =>
    {
        repository.ConcurrencyMode = ConcurrencyMode.Pessimistic;
        repository.IsolationLevel = System.Data.IsolationLevel.ReadCommitted;
        repository.ExistingDbContext<CdDbContext>();
    });
}
