using MassTransit.DependencyInjection;
using MassTransit.Scheduling;

namespace MassTransit.QuartzIntegration;

/// <summary>Schedules by writing to the Quartz store directly, in the transaction of the scope.</summary>
internal sealed class QuartzScheduleMessageProvider(
    ScheduledMessageBuilder builder,
    ScheduleStore store,
    IScheduleTransactionSource transactions,
    IScopedConsumeContextProvider consuming,
    ConsumeContext? consumed = null) : IScheduleMessageProvider
{
    public async Task<ScheduledMessage<T>> ScheduleSend<T>(
        Uri destinationAddress, DateTime scheduledTime, T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class
    {
        var time = ScheduledTimes.Of(scheduledTime);
        var sending = new ScheduledSendPipe<T>(pipe, Consumed(), ScheduleTokenIdCache<T>.GetTokenId(message));
        var context = await builder.BuildAsync(destinationAddress, message, sending, cancellationToken).ConfigureAwait(false);
        var token = context.ScheduledMessageId ?? sending.Token;
        var messageId = context.MessageId is { } chosen && chosen != sending.GeneratedMessageId
            ? chosen
            : DeterministicMessageId.For(token, time);

        await store.ScheduleAsync(token, time, ScheduledMessageBuilder.Describe(context, messageId, token), transactions.Current, cancellationToken)
            .ConfigureAwait(false);
        return new ScheduledMessageHandle<T>(token, time.UtcDateTime, context.DestinationAddress!, message);
    }

    public Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken) =>
        store.CancelAsync(tokenId, transactions.Current, cancellationToken);

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        store.CancelAsync(tokenId, transactions.Current, cancellationToken);

    private ConsumeContext? Consumed() => consumed ?? (consuming.HasContext ? consuming.GetContext() : null);
}
