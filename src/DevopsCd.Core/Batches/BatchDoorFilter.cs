using DevopsCd.Contracts;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Consuming;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Batches;

/// <summary>The check of rights in front of events that come over the broker, also of those that were sent for somebody long before.</summary>
internal sealed class BatchDoorFilter(Senders senders, IServiceScopeFactory scopes) : IFilter<ConsumeContext>
{
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (senders.Of(context) is { IsEngine: false } sender && BatchEventTypes.Carried(context) is var (type, head))
        {
            var asker = await DatabaseRetry.RunAsync(() => NowAsync(sender, context.CancellationToken), context.CancellationToken);
            context.GetOrAddPayload(() => new EventOrigin(EventSource.Message, context.MessageId) { Asker = asker });
            var creation = context.TryGetMessage<CreateBatch>(out var create) ? create.Message : null;
            if (await DatabaseRetry.RunAsync(() => LookAsync(asker, type, head.BatchId, creation, context.CancellationToken),
                context.CancellationToken) is { } refused)
                throw refused;
        }
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("batchDoor");

    private async Task<Subject> NowAsync(Subject sender, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IKnownSubjects>().NowAsync(sender, cancellationToken);
    }

    private async Task<BatchRefusedException?> LookAsync(Subject asker, BatchEventType type, Guid batchId, CreateBatch? creation,
        CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BatchDoor>().LookAsync(asker, type, batchId, creation, cancellationToken);
    }
}
