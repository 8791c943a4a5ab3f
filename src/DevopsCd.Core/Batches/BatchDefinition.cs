using DevopsCd.Core.Consuming;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Batches;

/// <summary>
/// Policy of the saga's endpoint on the bus: refusals outermost, then rights, then retry, then a place, then the outbox; so each try has a context of its own.
/// In the mediator there is none: who sends has the retries and the answer, may have the transaction, and what the saga publishes joins the bus
/// outbox of its scope.
/// </summary>
internal sealed class BatchDefinition : SagaDefinition<Batch>
{
    private const string MediatorPath = "/mediator";

    public BatchDefinition() => EndpointName = "batch";

    protected override void ConfigureSaga(IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<Batch> sagaConfigurator,
        IRegistrationContext context)
    {
        // A container has one definition of a saga: the mediator asks this one, too.
        if (endpointConfigurator.InputAddress.AbsolutePath == MediatorPath)
            return;
        endpointConfigurator.UseRefusals(context);
        endpointConfigurator.UseFilter(context.GetRequiredService<BatchDoorFilter>());
        endpointConfigurator.UseMessageRetry(DatabaseRetry.Configure);
        endpointConfigurator.UsePlaces(16);
        endpointConfigurator.UseEntityFrameworkOutbox<CdDbContext>(context);
    }
}
