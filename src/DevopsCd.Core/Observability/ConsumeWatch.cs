using System.Collections.Concurrent;
using MassTransit;

namespace DevopsCd.Core.Observability;

/// <summary>Watches over every consumer: one that hangs takes no message any more, and says nothing.</summary>
internal sealed class ConsumeWatch(WorkWatch watch) : IFilter<ConsumeContext>
{
    /// <summary>More than a message takes whose every call times out and whose every row is waited for.</summary>
    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(5);

    /// <summary>By the address of their endpoint: endpoints are few, messages are many.</summary>
    private readonly ConcurrentDictionary<Uri, string> _parts = [];

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        using var turn = watch.Begin(context.ReceiveContext.InputAddress is { } address ? _parts.GetOrAdd(address, Part) : "a consumer", s_atMost);
        await next.Send(context);
    }

    private static string Part(Uri address) => $"the consumers of '{address.AbsolutePath.Split('/')[^1]}'";

    public void Probe(ProbeContext context) => context.CreateFilterScope("watch");
}
