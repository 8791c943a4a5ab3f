using System.Diagnostics;
using System.Text;
using DevopsCd.Host.Broker;
using MassTransit;
using MassTransit.Logging;
using NSubstitute;

namespace DevopsCd.Host.Tests.Broker;

public sealed class A_message_with_a_trace : IDisposable
{
    private const string Theirs = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == ProducersTrace.SourceName,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded
    };

    public A_message_with_a_trace() => ActivitySource.AddActivityListener(_listener);

    public static TheoryData<object> Written => [Theirs, Encoding.ASCII.GetBytes(Theirs)];

    [Theory, MemberData(nameof(Written))]
    public async Task Is_worked_on_in_its_producers_trace_whether_that_is_sampled_or_not(object header) =>
        (await TraceWithin(("traceparent", header))).ShouldBe("4bf92f3577b34da6a3ce929d0e0e4736");

    [Fact]
    public async Task Of_MassTransit_is_left_to_it() =>
        (await TraceWithin(("traceparent", Theirs), (DiagnosticHeaders.ActivityId, "00-11111111111111111111111111111111-2222222222222222-01"))).ShouldBeNull();

    [Theory, InlineData("rubbish"), InlineData(""), InlineData(7)]
    public async Task That_cannot_be_read_is_none(object header) => (await TraceWithin(("traceparent", header))).ShouldBeNull();

    public void Dispose() => _listener.Dispose();

    private static async Task<string?> TraceWithin(params (string Name, object Value)[] headers)
    {
        var context = Substitute.For<ReceiveContext>();
        context.TransportHeaders.TryGetHeader(Arg.Any<string>(), out Arg.Any<object?>()).Returns(call =>
        {
            call[1] = headers.FirstOrDefault(header => header.Name == call.ArgAt<string>(0)).Value;
            return call[1] is not null;
        });
        string? seen = null;
        await new ProducersTrace().Send(context, Pipe.Execute<ReceiveContext>(_ => seen = Activity.Current?.TraceId.ToString()));
        return seen;
    }
}
