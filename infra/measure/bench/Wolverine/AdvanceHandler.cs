using Npgsql;
using Wolverine.RDBMS;
using Wolverine.Runtime;

namespace DevopsCd.Bench;

/// <summary>
/// The same statements by hand in a transaction that also holds Wolverine's outbox. Its EF Core integration cannot be restored
/// here, so this does less than a saga of ours: nothing is tracked or mapped.
/// </summary>
public static class AdvanceHandler
{
    public static async Task Handle(Advance message, MessageContext context, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.EnlistInOutboxAsync(new DatabaseEnvelopeTransaction((IMessageDatabase)context.Storage, transaction));
        var now = DateTime.UtcNow;
        await using (var load = new NpgsqlCommand(
            "SELECT correlation_id, current_state, step, changed_at FROM bench_saga WHERE correlation_id = $1 FOR UPDATE", connection, transaction))
        {
            load.Parameters.AddWithValue(message.SagaId);
            await load.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var update = new NpgsqlCommand(
            "UPDATE bench_saga SET current_state = $2, step = $3, changed_at = $4 WHERE correlation_id = $1", connection, transaction))
        {
            update.Parameters.AddWithValue(message.SagaId);
            update.Parameters.AddWithValue("Waiting");
            update.Parameters.AddWithValue(message.Step);
            update.Parameters.AddWithValue(now);
            await update.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var audit = new NpgsqlCommand("INSERT INTO bench_audit (saga_id, step, at) VALUES ($1, $2, $3)", connection, transaction))
        {
            audit.Parameters.AddWithValue(message.SagaId);
            audit.Parameters.AddWithValue(message.Step);
            audit.Parameters.AddWithValue(now);
            await audit.ExecuteNonQueryAsync(cancellationToken);
        }

        if (message.Step < Advance.Steps)
            await context.PublishAsync(message with { Step = message.Step + 1 });
        else
            await context.PublishAsync(new Finished { SagaId = message.SagaId });
        await transaction.CommitAsync(cancellationToken);
        await context.FlushOutgoingMessagesAsync();
    }
}
