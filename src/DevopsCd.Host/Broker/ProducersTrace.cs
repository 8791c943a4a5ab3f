using System.Diagnostics;
using System.Text;
using DevopsCd.Shared;
using MassTransit;
using MassTransit.Logging;

namespace DevopsCd.Host.Broker;

/// <summary>
/// Goes on with the trace of a producer that is no MassTransit, by W3C's header <c>traceparent</c>: MassTransit reads its own header alone.
/// </summary>
internal sealed class ProducersTrace : IFilter<ReceiveContext>
{
    /// <summary>What those who trace have to listen to.</summary>
    public const string SourceName = "DevopsCd.Broker";

    private const string TraceParent = "traceparent";

    private static readonly KeptTraces s_source = new(SourceName);

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        using var span = s_source.IsHeard && !context.TransportHeaders.TryGetHeader(DiagnosticHeaders.ActivityId, out _)
            ? s_source.Continue(Given(context), "take message")
            : null;
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("producersTrace");

    // Texts of other clients come as bytes.
    private static string? Given(ReceiveContext context) => context.TransportHeaders.TryGetHeader(TraceParent, out var header)
        ? header as string ?? (header is byte[] bytes ? Encoding.ASCII.GetString(bytes) : null)
        : null;
}
