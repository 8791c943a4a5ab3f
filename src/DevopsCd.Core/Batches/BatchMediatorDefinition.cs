using DevopsCd.Core.Data;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>The same policy in the mediator, without the outbox of an endpoint: what the saga publishes joins the bus outbox of its transaction.</summary>
internal sealed class BatchMediatorDefinition : SagaDefinition<Batch>
{
    protected override void ConfigureSaga(IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<Batch> sagaConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.UseRefusals(context);
        endpointConfigurator.UseMessageRetry(DatabaseRetry.Configure);
    }
}
