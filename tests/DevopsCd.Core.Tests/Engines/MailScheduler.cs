using DevopsCd.Contracts;
using DevopsCd.Core.Data;
using MassTransit;
using NSubstitute;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>Schedules into the <see cref="CapturedMessages" />: the messages that the engine schedules.</summary>
internal static class MailScheduler
{
    public static IMessageScheduler Create(CdDbContext db, CapturedMessages mail)
    {
        var scheduler = Substitute.For<IMessageScheduler>();
        Takes<DeployApplication>();
        Takes<CheckDeployment>();
        Takes<AdvanceStage>();
        Takes<StartScheduled>();
        Takes<AskGate>();
        return scheduler;

        void Takes<T>() where T : class => scheduler.When(s => s.SchedulePublish(Arg.Any<DateTime>(), Arg.Any<T>(), Arg.Any<CancellationToken>()))
            .Do(call => Write(call.ArgAt<DateTime>(0), call.ArgAt<object>(1)));

        void Write(DateTime due, object message) => mail.Write(db, new CapturedMessage(message, NewId.NextGuid(), new DateTimeOffset(due, TimeSpan.Zero)));
    }
}
