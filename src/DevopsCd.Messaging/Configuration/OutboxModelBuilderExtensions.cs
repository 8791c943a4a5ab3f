using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MassTransit;

/// <summary>Puts the tables of the transactional outbox into a DbContext's model.</summary>
public static class OutboxModelBuilderExtensions
{
    /// <summary>Adds inbox, outbox messages and outbox state in one go.</summary>
    public static void AddTransactionalOutboxEntities(this ModelBuilder modelBuilder, Action<EntityTypeBuilder>? callback = null)
    {
        modelBuilder.AddInboxStateEntity(callback);
        modelBuilder.AddOutboxStateEntity(callback);
        modelBuilder.AddOutboxMessageEntity(callback);
    }

    /// <summary>Adds <see cref="InboxState"/>: which messages have been consumed.</summary>
    public static void AddInboxStateEntity(this ModelBuilder modelBuilder, Action<EntityTypeBuilder<InboxState>>? callback = null)
    {
        var entity = modelBuilder.Entity<InboxState>();
        entity.ConfigureInboxStateEntity();
        callback?.Invoke(entity);
    }

    /// <summary>Adds <see cref="OutboxState"/>: messages whose delivery fails.</summary>
    public static void AddOutboxStateEntity(this ModelBuilder modelBuilder, Action<EntityTypeBuilder<OutboxState>>? callback = null)
    {
        var entity = modelBuilder.Entity<OutboxState>();
        entity.ConfigureOutboxStateEntity();
        callback?.Invoke(entity);
    }

    /// <summary>Adds <see cref="OutboxMessage"/>: messages that wait for delivery.</summary>
    public static void AddOutboxMessageEntity(this ModelBuilder modelBuilder, Action<EntityTypeBuilder<OutboxMessage>>? callback = null)
    {
        var entity = modelBuilder.Entity<OutboxMessage>();
        entity.ConfigureOutboxMessageEntity();
        callback?.Invoke(entity);
    }

    /// <summary>Maps <see cref="InboxState"/> on a builder of your own.</summary>
    public static void ConfigureInboxStateEntity(this EntityTypeBuilder<InboxState> inbox) => OutboxModelBuilding.Configure(inbox);

    /// <summary>Maps <see cref="OutboxState"/> on a builder of your own.</summary>
    public static void ConfigureOutboxStateEntity(this EntityTypeBuilder<OutboxState> outbox) => OutboxModelBuilding.Configure(outbox);

    /// <summary>Maps <see cref="OutboxMessage"/> on a builder of your own.</summary>
    public static void ConfigureOutboxMessageEntity(this EntityTypeBuilder<OutboxMessage> outbox) => OutboxModelBuilding.Configure(outbox);
}
