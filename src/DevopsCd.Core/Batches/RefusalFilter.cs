using DevopsCd.Core.Auditing;
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
        catch (Exception e) when (Inside<AlreadyHandled>(e) is not null)
        {
            log.Repeated(string.Join(' ', context.SupportedMessageTypes), context.MessageId);
        }
        catch (Exception e) when (Inside<BatchRefused>(e) is not null && BatchEventKeys.Read(context) is not null)
        {
            var refused = Inside<BatchRefused>(e)!;
            var head = BatchEventKeys.Read(context)!;
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<RefusalRecord>().Write(
                refused, head.BatchId, head.Event, head.Operator, EventSource.Of(context, head.Operator), context.MessageId, context.CancellationToken);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("refusal");

    /// <summary>Whether the exception is an answer to who asked, and no fault.</summary>
    public static bool IsAnswer(Exception exception) => Inside<BatchRefused>(exception) is not null || Inside<AlreadyHandled>(exception) is not null;

    /// <summary>What a verb throws arrives wrapped: the state machine says in which event it was.</summary>
    private static T? Inside<T>(Exception? exception) where T : Exception => exception is null or T ? (T?)exception : Inside<T>(exception.InnerException);
}
