using MassTransit;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class ReminderStateMachine : MassTransitStateMachine<Reminder>
{
    public ReminderStateMachine()
    {
        InstanceState(reminder => reminder.CurrentState);
        Schedule(() => Alarm, reminder => reminder.AlarmToken, alarm => alarm.DelayProvider = context => TimeSpan.Zero);

        Initially(
            When(Set).ThenAsync(context => context.Publish(new Pinged { Text = "set" }))
                .Schedule(Alarm, context => new ReminderRang { CorrelationId = context.Saga.CorrelationId }, context => context.Message.Delay)
                .Then(context => Check(context.Message))
                .TransitionTo(Waiting));
        During(Waiting,
            When(Set).Schedule(Alarm, context => new ReminderRang { CorrelationId = context.Saga.CorrelationId }, context => context.Message.Delay),
            When(Stop).Unschedule(Alarm).ThenAsync(context => context.Publish(new Pinged { Text = "stopped" })).TransitionTo(Quiet),
            When(Alarm!.Received).Then(context => context.Saga.Rung++)
                .ThenAsync(context => context.Publish(new Pinged { Text = $"rang {context.Saga.Rung}" })));
        During(Quiet, Ignore(Alarm.Received));
    }

    public State Waiting { get; private set; } = null!;

    public State Quiet { get; private set; } = null!;

    public Event<SetReminder> Set { get; private set; } = null!;

    public Event<StopReminder> Stop { get; private set; } = null!;

    public Schedule<Reminder, ReminderRang> Alarm { get; private set; } = null!;

    private static void Check(SetReminder message)
    {
        if (message.Fail)
            throw new InvalidOperationException("This one is made to fail after it scheduled");
    }
}
