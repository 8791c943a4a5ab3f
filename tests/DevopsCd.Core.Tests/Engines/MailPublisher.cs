using DevopsCd.Core.Data;
using MassTransit;
using MassTransit.Context;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>Publishes into the <see cref="CapturedMessages" />, with the transaction of the scope's context.</summary>
internal sealed class MailPublisher(CdDbContext db, CapturedMessages mail, TimeProvider clock) : IPublishEndpoint
{
    public Task Publish<T>(T message, CancellationToken cancellationToken = default) where T : class => Write(message, null);

    public Task Publish<T>(T message, IPipe<PublishContext<T>> publishPipe, CancellationToken cancellationToken = default) where T : class =>
        Piped(message, publishPipe);

    public Task Publish<T>(T message, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default) where T : class =>
        Piped(message, publishPipe);

    public Task Publish(object message, CancellationToken cancellationToken = default) => Write(message, null);

    public Task Publish(object message, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default) => Piped(message, publishPipe);

    public Task Publish(object message, Type messageType, CancellationToken cancellationToken = default) => Write(message, null);

    public Task Publish(object message, Type messageType, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default) =>
        Piped(message, publishPipe);

    public Task Publish<T>(object values, CancellationToken cancellationToken = default) where T : class => Write(values, null);

    public Task Publish<T>(object values, IPipe<PublishContext<T>> publishPipe, CancellationToken cancellationToken = default) where T : class =>
        Piped((T)values, publishPipe);

    public Task Publish<T>(object values, IPipe<PublishContext> publishPipe, CancellationToken cancellationToken = default) where T : class =>
        Piped(values, publishPipe);

    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => throw new NotSupportedException("nobody observes here");

    private async Task Piped<T>(T message, IPipe<PublishContext<T>> pipe) where T : class
    {
        var context = new MessageSendContext<T>(message);
        await pipe.Send(context);
        await Write(message, context.MessageId);
    }

    private async Task Piped<T>(T message, IPipe<PublishContext> pipe) where T : class
    {
        var context = new MessageSendContext<T>(message);
        await pipe.Send(context);
        await Write(message, context.MessageId);
    }

    private Task Write(object message, Guid? id)
    {
        mail.Write(db, new CapturedMessage(message, id ?? NewId.NextGuid(), clock.GetUtcNow()));
        return Task.CompletedTask;
    }
}
