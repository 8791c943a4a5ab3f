using System.Data;
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

        var strategy = dbContext.Database.CreateExecutionStrategy();
        if (!strategy.RetriesOnFailure)
        {
            await Consume(context, options, next, messageId).ConfigureAwait(false);
            return;
        }

        await strategy.ExecuteAsync(async () =>
        {
            dbContext.ChangeTracker.Clear();
            await Consume(context, options, next, messageId).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context)
    {
        var scope = context.CreateFilterScope("outboxContextFactory");
        scope.Add("provider", "entityFrameworkCore");
    }

    async Task Consume<T>(ConsumeContext<T> context, OutboxConsumeOptions consumer, IPipe<OutboxConsumeContext<T>> next, Guid messageId)
        where T : class
    {
        var timer = Stopwatch.StartNew();
        var isolation = UnitOfWork.Supported(dbContext, options.Value.IsolationLevel);
        DbContextOutboxConsumeContext<TDbContext, T>? outbox = null;
        try
        {
            using (await SqliteWriters.Wait(dbContext, context.CancellationToken).ConfigureAwait(false))
            {
                var transaction = await dbContext.Database.BeginTransactionAsync(isolation, context.CancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var first = await OutboxModel.For(dbContext).TryConsume(dbContext, new InboxState
                    {
                        MessageId = messageId,
                        ConsumerId = consumer.ConsumerId,
                        Received = delivery.Now,
                    }, context.CancellationToken).ConfigureAwait(false);

                    outbox = new DbContextOutboxConsumeContext<TDbContext, T>(context, consumer, provider, dbContext, delivery,
                        messageId, Guid.CreateVersion7(delivery.Now), !first);
                    if (!first)
                        log.Duplicate(messageId, consumer.ConsumerType);

                    await next.Send(outbox).ConfigureAwait(false);
                    if (first)
                        await Commit(context, transaction, timer).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            outbox?.RolledBack();
            throw;
        }
        outbox.Committed();
    }

    static async Task Commit<T>(ConsumeContext<T> context, IDbContextTransaction transaction, Stopwatch timer)
        where T : class
    {
        try
        {
            // Not cancellable: an interrupted commit may have happened.
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await context.NotifyFaulted(timer.Elapsed, TypeCache<T>.ShortName, exception).ConfigureAwait(false);
            throw;
        }
    }
}
