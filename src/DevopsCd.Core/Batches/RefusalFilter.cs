using DevopsCd.Core.Auditing;
using DevopsCd.Core.Observability;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Batches;

/// <summary>
/// Stands around every consumer of batch events: a refusal is an answer, not a fault. It is recorded and told in a
/// transaction of its own, after the refused event's one has rolled back, and no message goes to an error queue for it.
/// It opens no scope before the consumer does, so that each retry inside of it has a DbContext of its own.
/// </summary>
internal sealed class RefusalFilter(IServiceScopeFactory scopes, ILogger<RefusalFilter> log) : IFilter<ConsumeContext>
{
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (Exception e) when (Inside<AlreadyHandledException>(e) is not null)
        {
            log.Repeated(string.Join(' ', context.SupportedMessageTypes), context.MessageId);
        }
        catch (Exception e) when (Inside<BatchRefusedException>(e) is not null && BatchEventTypes.Carried(context) is not null)
        {
            var refused = Inside<BatchRefusedException>(e)!;
            var (type, head) = BatchEventTypes.Carried(context)!.Value;
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<RefusalRecorder>().WriteAsync(
                refused, head.BatchId, type.Key, head.Operator, EventOrigin.Of(context, head.Operator), context.CancellationToken);
            // What the door refuses reaches no consumer, and would count as a message that nobody takes.
            if (!context.ReceiveContext.IsFaulted)
                await type.SettleAsync(context);
        }
        catch (Exception) when (!context.CancellationToken.IsCancellationRequested && BatchEventTypes.Carried(context) is { } carried)
        {
            Metrics.Faulted(carried.Type.Key);
            throw;
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("refusal");

    /// <summary>Whether the exception is an answer to who asked, and no fault.</summary>
    public static bool IsAnswer(Exception exception) =>
        Inside<BatchRefusedException>(exception) is not null || Inside<AlreadyHandledException>(exception) is not null;

    /// <summary>The refusal inside an exception, with its reason and fields; null when it is a fault.</summary>
    public static BatchRefusedException? RefusalIn(Exception exception) => Inside<BatchRefusedException>(exception);

    /// <summary>What a verb throws arrives wrapped: the state machine says in which event it was.</summary>
    private static T? Inside<T>(Exception? exception) where T : Exception => exception is null or T ? (T?)exception : Inside<T>(exception.InnerException);
}
