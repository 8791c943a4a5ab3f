using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DevopsCd.Messaging.Tests.Sagas;

/// <summary>A saga as the official package's users have it: CorrelationId is the key, the map is a SagaClassMap, the version is xmin.</summary>
public sealed class Tram : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public int Stops { get; set; }

    public uint Version { get; set; }

    public List<TramStop> Log { get; } = [];
}

public sealed class TramStop
{
    public long Id { get; set; }

    public int Number { get; set; }
}

public sealed record TramStopped
{
    public Guid TramId { get; init; }
}

public sealed class TramStateMachine : MassTransitStateMachine<Tram>
{
    public TramStateMachine()
    {
        InstanceState(tram => tram.CurrentState);
        Event(() => Stopped, e => e.CorrelateById(context => context.Message.TramId));
        Initially(When(Stopped).Then(Count).TransitionTo(Running));
        During(Running, When(Stopped).Then(Count));
    }

    public State Running { get; } = null!;

    public Event<TramStopped> Stopped { get; } = null!;

    private static void Count(BehaviorContext<Tram> context)
    {
        context.Saga.Stops++;
        context.Saga.Log.Add(new TramStop { Number = context.Saga.Log.Count + 1 });
    }
}

public sealed class TramMap : SagaClassMap<Tram>
{
    protected override void Configure(EntityTypeBuilder<Tram> entity, ModelBuilder model)
    {
        entity.Property(tram => tram.Version).IsRowVersion();
        entity.HasMany(tram => tram.Log).WithOne().HasForeignKey("TramId");
    }
}

public sealed class TramDbContext(DbContextOptions<TramDbContext> options) : SagaDbContext(options)
{
    protected override IEnumerable<ISagaClassMap> Configurations => [new TramMap()];
}
