using MassTransit;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Observability;

/// <summary>Every log line under a consumed message carries the message and the conversation it belongs to.</summary>
internal sealed class ConsumeLog(ILogger<ConsumeLog> log) : IFilter<ConsumeContext>
{
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        using (log.BeginScope(new Dictionary<string, object?>
        {
            ["MessageId"] = context.MessageId,
            ["CorrelationId"] = context.CorrelationId ?? context.ConversationId,
            ["Endpoint"] = context.ReceiveContext.InputAddress?.AbsolutePath
        }))
            await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("log");
}
