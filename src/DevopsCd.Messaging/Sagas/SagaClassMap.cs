using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MassTransit;

/// <summary>Maps a saga with its CorrelationId as the primary key; override <see cref="Configure(EntityTypeBuilder{TSaga}, ModelBuilder)"/> for the rest.</summary>
public abstract class SagaClassMap<TSaga> : ISagaClassMap<TSaga>
    where TSaga : class, ISaga
{
    /// <inheritdoc />
    public Type SagaType => typeof(TSaga);

    /// <inheritdoc />
    public virtual void Configure(ModelBuilder model)
    {
        ArgumentNullException.ThrowIfNull(model);

        var entity = model.Entity<TSaga>();
        ConfigureCorrelationIdKey(entity.HasKey(saga => saga.CorrelationId));
        entity.Property(saga => saga.CorrelationId).ValueGeneratedNever();
        Configure(entity, model);
    }

    /// <summary>Maps the saga's other properties.</summary>
    protected virtual void Configure(EntityTypeBuilder<TSaga> entity, ModelBuilder model)
    {
    }

    /// <summary>Refines the key on CorrelationId.</summary>
    protected virtual KeyBuilder ConfigureCorrelationIdKey(KeyBuilder keyBuilder) => keyBuilder;
}
