using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace DevopsCd.Core.Tests.Notifications.Channels;

public sealed class LogChannelTests
{
    [Fact]
    public async Task Writes_one_line_a_notice()
    {
        var log = Substitute.For<ILogger<LogChannel>>();
        log.IsEnabled(LogLevel.Information).Returns(true);

        var answer = await new LogChannel(new ChannelSettings { Name = "log" }, log).SendAsync(Sample.Message(Sample.Failed()),
            TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(ChannelVerdict.Ok);
        log.ReceivedCalls().Count(c => c.GetMethodInfo().Name == nameof(ILogger.Log)).ShouldBe(1);
    }

    [Fact]
    public async Task Honours_cancellation() => await Should.ThrowAsync<OperationCanceledException>(
        () => new LogChannel(new ChannelSettings { Name = "log" }, NullLogger<LogChannel>.Instance).SendAsync(Sample.Message(Sample.Approved()),
            new CancellationToken(true)));
}
