using MassTransit;

namespace DevopsCd.Core.Observability;

/// <summary>Watches over every consumer: one that hangs takes no message any more, and says nothing.</summary>
internal sealed class ConsumeWatch(WorkWatch watch) : IFilter<ConsumeContext>
{
    /// <summary>More than a message takes whose every call times out and whose every row is waited for.</summary>
    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(5);

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        using var turn = watch.Begin($"the consumers of '{context.ReceiveContext.InputAddress?.AbsolutePath.Split('/')[^1]}'", s_atMost);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("watch");
}
