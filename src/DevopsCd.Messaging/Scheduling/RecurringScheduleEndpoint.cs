using System.Collections.Concurrent;
using System.Reflection;
using MassTransit.Scheduling;
using MassTransit.Util;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// Takes the commands MassTransit's recurring scheduler would send to a scheduler queue and carries them out on the spot, in
/// the transaction of the scope.
/// </summary>
internal sealed class RecurringScheduleEndpoint(
    ScheduledMessageBuilder builder,
    ScheduleStore store,
    IScheduleTransactionSource transactions) : ISendEndpoint
{
    private static readonly MethodInfo s_scheduleMethod =
        typeof(RecurringScheduleEndpoint).GetMethod(nameof(ScheduleAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private static readonly ConcurrentDictionary<Type, MethodInfo> s_scheduleMethods = [];

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => new EmptyConnectHandle();

    public Task Send<T>(T message, CancellationToken cancellationToken = default)
        where T : class =>
        CarryOutAsync(message, Pipe.Empty<SendContext>(), cancellationToken);

    public Task Send<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken = default)
        where T : class =>
        CarryOutAsync(message, pipe, cancellationToken);

    public Task Send<T>(T message, IPipe<SendContext> pipe, CancellationToken cancellationToken = default)
        where T : class =>
        CarryOutAsync(message, pipe, cancellationToken);

    public Task Send(object message, CancellationToken cancellationToken = default) =>
        CarryOutAsync(message, Pipe.Empty<SendContext>(), cancellationToken);

    public Task Send(object message, Type messageType, CancellationToken cancellationToken = default) =>
        CarryOutAsync(message, Pipe.Empty<SendContext>(), cancellationToken);

    public Task Send(object message, IPipe<SendContext> pipe, CancellationToken cancellationToken = default) =>
        CarryOutAsync(message, pipe, cancellationToken);

    public Task Send(object message, Type messageType, IPipe<SendContext> pipe, CancellationToken cancellationToken = default) =>
        CarryOutAsync(message, pipe, cancellationToken);

    public Task Send<T>(object values, CancellationToken cancellationToken = default)
        where T : class =>
        throw NotACommand(typeof(T));

    public Task Send<T>(object values, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken = default)
        where T : class =>
        throw NotACommand(typeof(T));

    public Task Send<T>(object values, IPipe<SendContext> pipe, CancellationToken cancellationToken = default)
        where T : class =>
        throw NotACommand(typeof(T));

    private static NotSupportedException NotACommand(Type type) => new($"{type.Name} is no command of the recurring scheduler");

    private Task CarryOutAsync(object command, object pipe, CancellationToken cancellationToken) => command switch
    {
        ScheduleRecurringMessage schedule => ScheduleTypedAsync(schedule, pipe, cancellationToken),
        CancelScheduledRecurringMessage cancel =>
            store.CancelRecurringAsync(cancel.ScheduleId, cancel.ScheduleGroup, transactions.Current, cancellationToken),
        PauseScheduledRecurringMessage pause =>
            store.PauseRecurringAsync(pause.ScheduleId, pause.ScheduleGroup, transactions.Current, cancellationToken),
        ResumeScheduledRecurringMessage resume =>
            store.ResumeRecurringAsync(resume.ScheduleId, resume.ScheduleGroup, transactions.Current, cancellationToken),
        _ => throw NotACommand(command.GetType()),
    };

    private Task ScheduleTypedAsync(ScheduleRecurringMessage command, object pipe, CancellationToken cancellationToken)
    {
        var commandType = command.GetType();
        var messageType = commandType.IsGenericType ? commandType.GetGenericArguments()[0] : command.Payload.GetType();
        var method = s_scheduleMethods.GetOrAdd(messageType, type => s_scheduleMethod.MakeGenericMethod(type));
        return (Task)method.Invoke(this, [command, pipe, cancellationToken])!;
    }

    private async Task ScheduleAsync<T>(ScheduleRecurringMessage command, object pipe, CancellationToken cancellationToken)
        where T : class
    {
        // The caller's pipe may be written for the command, whose context is then another view of the message's own.
        var applied = pipe is IPipe<SendContext<ScheduleRecurringMessage>> commandPipe
            ? Pipe.ExecuteAsync<SendContext<T>>(context => commandPipe.Send(context.CreateProxy(command)))
            : (IPipe<SendContext>)pipe;
        var sending = new ScheduledSendPipe<T>(applied, null, command.CorrelationId);
        var context = await builder.BuildAsync(command.Destination, (T)command.Payload, sending, cancellationToken).ConfigureAwait(false);

        // No message id is kept: each occurrence gets one of its own, derived from the schedule and the time.
        await store.ScheduleRecurringAsync(
            command.Schedule, ScheduledMessageBuilder.Describe(context, null, command.CorrelationId), transactions.Current, cancellationToken)
                .ConfigureAwait(false);
    }
}
