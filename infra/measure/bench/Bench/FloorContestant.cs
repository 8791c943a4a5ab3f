using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DevopsCd.Bench;

internal enum Floor
{
    /// <summary>Saga and audit only, one transaction, every statement a round trip; a crash loses messages.</summary>
    OneTransaction,
    /// <summary>Inbox, saga, audit and outbox row in one transaction, the removal of the outbox row in a second.</summary>
    TwoTransactions,
    /// <summary>The same two transactions, each sent as one batch.</summary>
    TwoBatched,
}

/// <summary>The same work written by hand on Npgsql and the RabbitMQ client: what is left when no library costs anything.</summary>
internal sealed class FloorContestant(Floor floor) : Contestant
{
    private const string Queue = "bench";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private NpgsqlDataSource _database = null!;
    private IConnection _connection = null!;
    private IChannel _consuming = null!;
    private string _consumer = "";
    private int _busy;
    private volatile bool _ending;
    private readonly System.Threading.Channels.Channel<IChannel> _publishing = System.Threading.Channels.Channel.CreateUnbounded<IChannel>();

    public override async Task Start(string postgres, Uri rabbit)
    {
        _database = NpgsqlDataSource.Create(Options.Database(postgres));
        await using (var create = _database.CreateCommand("""
            CREATE TABLE IF NOT EXISTS floor_inbox (message_id uuid PRIMARY KEY, received timestamptz NOT NULL);
            CREATE TABLE IF NOT EXISTS floor_outbox (id uuid PRIMARY KEY, body text NOT NULL);
            """))
            await create.ExecuteNonQueryAsync();

        _connection = await new ConnectionFactory { Uri = rabbit, ConsumerDispatchConcurrency = Options.Concurrency }.CreateConnectionAsync();
        _consuming = await _connection.CreateChannelAsync();
        await _consuming.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await _consuming.BasicQosAsync(0, Options.Prefetch, false);
        for (var i = 0; i < 32; i++)
            await _publishing.Writer.WriteAsync(await _connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)));
        var consumer = new AsyncEventingBasicConsumer(_consuming);
        consumer.ReceivedAsync += Consume;
        _consumer = await _consuming.BasicConsumeAsync(Queue, autoAck: false, consumer);
    }

    public override Task Publish(Advance message) => Send(Queue, Guid.NewGuid(), JsonSerializer.Serialize(message));

    public override async ValueTask DisposeAsync()
    {
        // The commit that ends a measurement comes before its message is acknowledged, and a connection that is disposed while a handler is
        // at work waits for that handler, which waits for the connection: nobody ends.
        if (_consuming.IsOpen)
            await _consuming.BasicCancelAsync(_consumer);
        for (var started = Stopwatch.GetTimestamp(); Volatile.Read(ref _busy) > 0 && Stopwatch.GetElapsedTime(started) < Patience;)
            await Task.Delay(10);
        _ending = true;
        await _connection.DisposeAsync().AsTask().WaitAsync(Patience);
        await _database.DisposeAsync();
    }

    // The client would only leave the message unacknowledged, and the measurement would wait for it.
    private async Task Consume(object sender, BasicDeliverEventArgs delivery)
    {
        Interlocked.Increment(ref _busy);
        try
        {
            await Handle(delivery);
        }
        catch (Exception) when (_ending)
        {
            // Cut off by the end of the measurement.
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }

    private async Task Handle(BasicDeliverEventArgs delivery)
    {
        var message = JsonSerializer.Deserialize<Advance>(delivery.Body.Span)!;
        var tag = delivery.DeliveryTag;
        var messageId = Guid.Parse(delivery.BasicProperties.MessageId!);
        var last = message.Step == Advance.Steps;
        var (to, body) = last
            ? ("finished", JsonSerializer.Serialize(new Finished { SagaId = message.SagaId }))
            : (Queue, JsonSerializer.Serialize(message with { Step = message.Step + 1 }));
        var outgoing = Guid.NewGuid();

        switch (floor)
        {
            case Floor.OneTransaction:
                await One(message);
                break;
            case Floor.TwoTransactions:
                await Two(message, messageId, outgoing, body);
                break;
            case Floor.TwoBatched:
                await Batched(message, messageId, outgoing, body);
                break;
        }

        await Send(to, outgoing, body);
        if (floor is Floor.TwoTransactions or Floor.TwoBatched)
        {
            await using var remove = _database.CreateCommand("DELETE FROM floor_outbox WHERE id = $1");
            remove.Parameters.AddWithValue(outgoing);
            await remove.ExecuteNonQueryAsync();
        }

        await _consuming.BasicAckAsync(tag, false);
    }

    private async Task One(Advance message)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var statement in Work(message))
            await Execute(connection, statement);
        await transaction.CommitAsync();
    }

    private async Task Two(Advance message, Guid messageId, Guid outgoing, string body)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Execute(connection, Inbox(messageId));
        foreach (var statement in Work(message))
            await Execute(connection, statement);
        await Execute(connection, Outbox(outgoing, body));
        await transaction.CommitAsync();
    }

    private async Task Batched(Advance message, Guid messageId, Guid outgoing, string body)
    {
        await using var batch = _database.CreateBatch();
        foreach (var statement in (NpgsqlBatchCommand[])[Inbox(messageId), .. Work(message), Outbox(outgoing, body)])
            batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync();
    }

    private static IEnumerable<NpgsqlBatchCommand> Work(Advance message)
    {
        var now = DateTime.UtcNow;
        yield return Statement("SELECT correlation_id, current_state, step, changed_at FROM bench_saga WHERE correlation_id = $1 FOR UPDATE", message.SagaId);
        yield return Statement("UPDATE bench_saga SET current_state = $2, step = $3, changed_at = $4 WHERE correlation_id = $1", message.SagaId, "Waiting",
            message.Step, now);
        yield return Statement("INSERT INTO bench_audit (saga_id, step, at) VALUES ($1, $2, $3)", message.SagaId, message.Step, now);
    }

    private static NpgsqlBatchCommand Inbox(Guid id) => Statement("INSERT INTO floor_inbox VALUES ($1, now())", id);

    private static NpgsqlBatchCommand Outbox(Guid id, string body) => Statement("INSERT INTO floor_outbox VALUES ($1, $2)", id, body);

    private static NpgsqlBatchCommand Statement(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(
                value is DateTime ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.TimestampTz } : new NpgsqlParameter { Value = value });
        return command;
    }

    private static async Task Execute(NpgsqlConnection connection, NpgsqlBatchCommand statement)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync();
    }

    private async Task Send(string queue, Guid id, string body)
    {
        // A channel belongs to one publish at a time: confirms of many at once on one channel have been seen to go missing.
        var channel = await _publishing.Reader.ReadAsync();
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            await channel.BasicPublishAsync("", queue, false, new BasicProperties { MessageId = id.ToString(), Persistent = true },
                System.Text.Encoding.UTF8.GetBytes(body), limit.Token).AsTask().WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (channel.IsOpen)
        {
            throw new TimeoutException($"The broker has not confirmed a message to {queue} within {Patience.TotalSeconds} s");
        }
        finally
        {
            await _publishing.Writer.WriteAsync(channel);
        }
    }
}
