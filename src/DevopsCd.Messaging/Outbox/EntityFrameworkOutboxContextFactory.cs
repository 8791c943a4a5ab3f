using System.Diagnostics;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Consumes a message in one transaction: inbox row, the consumer's own rows, the messages it sends. A row in the inbox
/// can only be seen by others when all of it is committed, so a duplicate either waits for the first or finds it done.
/// </summary>
internal sealed class EntityFrameworkOutboxContextFactory<TDbContext>(
    TDbContext dbContext,
    OutboxDelivery<TDbContext> delivery,
    IOptions<EntityFrameworkOutboxOptions<TDbContext>> options,
    ILogger<EntityFrameworkOutboxContextFactory<TDbContext>> log,
    IServiceProvider provider) : IOutboxContextFactory<TDbContext>
    where TDbContext : DbContext
{
    public async Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        var messageId = context.GetOriginalMessageId() ?? throw new MessageException(typeof(T), "MessageId required to use the outbox");

        await UnitOfWork.RetriedAsync(dbContext, () => ConsumeAsync(context, options, next, messageId)).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context)
    {
        var scope = context.CreateFilterScope("outboxContextFactory");
        scope.Add("provider", "entityFrameworkCore");
    }

    private async Task ConsumeAsync<T>(ConsumeContext<T> context, OutboxConsumeOptions consumer, IPipe<OutboxConsumeContext<T>> next, Guid messageId)
        where T : class
    {
        var timer = Stopwatch.StartNew();
        var isolation = UnitOfWork.Supported(dbContext, options.Value.IsolationLevel);
        DbContextOutboxConsumeContext<TDbContext, T>? outbox = null;
        try
        {
            using (await SqliteWriters.WaitAsync(dbContext, context.CancellationToken).ConfigureAwait(false))
            {
                var transaction = await dbContext.Database.BeginTransactionAsync(isolation, context.CancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                using (LostTransactionInterceptor.Begin(dbContext))
                {
                    var row = new InboxState { MessageId = messageId, ConsumerId = consumer.ConsumerId, Received = delivery.Now };
                    outbox = new DbContextOutboxConsumeContext<TDbContext, T>(context, consumer, provider, dbContext, delivery,
                        row, Guid.CreateVersion7(delivery.Now));

                    // A saga repository asks together with its own first statement; any other consumer must know before it begins.
                    if (consumer is not SagaOutboxConsumeOptions)
                        await outbox.AskAsync().ConfigureAwait(false);

                    await next.Send(outbox).ConfigureAwait(false);
                    if (outbox.IsDuplicate)
                        log.Duplicate(messageId, consumer.ConsumerType);
                    else
                        await CommitAsync(context, transaction, outbox, timer).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            outbox?.RolledBack();
            throw;
        }
        if (!outbox.IsDuplicate)
            outbox.Committed();
        else
            outbox.RolledBack();
    }

    private async Task CommitAsync<T>(ConsumeContext<T> context, IDbContextTransaction transaction, DbContextOutboxConsumeContext<TDbContext, T> outbox,
        Stopwatch timer)
        where T : class
    {
        try
        {
            await OutboxCommit.CommitAsync(dbContext, transaction, outbox.Messages).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (DatabaseFailures.MayHaveCommitted(exception))
                outbox.LostSight();
            await context.NotifyFaulted(timer.Elapsed, TypeCache<T>.ShortName, exception).ConfigureAwait(false);
            throw;
        }
    }
}
