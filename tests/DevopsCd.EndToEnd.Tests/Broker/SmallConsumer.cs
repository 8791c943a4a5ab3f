using DevopsCd.Contracts;
using DevopsCd.Host.Broker;
using MassTransit;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>Stands for the engine: these tests are about what happens before it.</summary>
internal sealed class SmallConsumer(Taken taken) : IConsumer<CreateBatch>, IConsumer<ApproveBatch>, IConsumer<BuildCompleted>, IConsumer<DeploymentReported>
{
    public Task Consume(ConsumeContext<CreateBatch> context) => Take(context);

    public Task Consume(ConsumeContext<ApproveBatch> context) => Take(context);

    public Task Consume(ConsumeContext<BuildCompleted> context) => Take(context);

    public Task Consume(ConsumeContext<DeploymentReported> context) => Take(context);

    private Task Take<T>(ConsumeContext<T> context)
        where T : class => taken.Take(context.Message, context.MessageId, context.Headers.Get<string>(DeliveryInfo.VerifiedUser));
}
