using DevopsCd.Core.Data;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>Policy of the saga's endpoint on the bus: refusals outermost, then retry, then the outbox; so each try has a context of its own.</summary>
internal sealed class BatchDefinition : SagaDefinition<Batch>
{
    public BatchDefinition() => EndpointName = "batch";

    protected override void ConfigureSaga(IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<Batch> sagaConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.UseRefusals(context);
        endpointConfigurator.UseMessageRetry(DatabaseRetry.Configure);
        endpointConfigurator.UseEntityFrameworkOutbox<CdDbContext>(context);
    }
}
