using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// Messages of a producer in another language, each confirmed by the broker before it counts, and I3: every one of them has exactly one
/// outcome in the end, whatever died meanwhile: a row of the audit, a build, or a parked message with a reason.
/// </summary>
public sealed class SentMessages(RabbitVirtualHost broker, PostgresDatabase database)
{
    private readonly ConcurrentQueue<Sent> _sent = [];

    public int Count => _sent.Count;

    /// <summary>A command to a batch; with <paramref name="times"/> above one the same message comes again, as after a lost confirm.</summary>
    public Task Command(string contract, Guid batchId, string who, int times = 1) => Send(contract, new { batchId, @operator = who }, Expected.Decided, times);

    /// <summary>A finished build, as <see cref="Hosting.CdApi.Build"/> writes it.</summary>
    public Task Build(string application, int number) =>
        Send("BuildCompleted", Hosting.CdApi.Build(application, number), Expected.Built, build: (application, $"{number}"));

    /// <summary>A command without its operator: it can never work.</summary>
    public Task Poison(string contract, Guid batchId) => Send(contract, new { batchId }, Expected.Parked);

    /// <summary>Waits until every message has an outcome, then reports those with none, several, or another one than they must have.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(TimeSpan? within = null)
    {
        try
        {
            return await Eventually.Sees(WrongAsync, wrong => wrong.Count == 0, "every message has its outcome", within).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return await WrongAsync().ConfigureAwait(false);
        }
    }

    private async Task Send(string contract, object body, Expected expected, int times = 1, (string Application, string Number)? build = null)
    {
        var id = Guid.NewGuid();
        await using var channel = await broker.ChannelAsync(confirms: true).ConfigureAwait(false);
        var bytes = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body, JsonSerializerOptions.Web));
        var properties = new BasicProperties { Persistent = true, ContentType = "application/json", MessageId = $"{id}" };
        for (var time = 0; time < times; time++)
            await channel.BasicPublishAsync($"DevopsCd.Contracts:{contract}", "", mandatory: false, properties, bytes).ConfigureAwait(false);
        _sent.Enqueue(new(id, contract, expected, build));
    }

    private async Task<IReadOnlyList<string>> WrongAsync()
    {
        var decided = (await database.QueryAsync<Guid>("select message_id from batch_events where message_id is not null").ConfigureAwait(false)).ToLookup(
            id => id);
        var parked = (await database.QueryAsync("select message_id, reason from parked_messages",
            row => (Id: row.IsDBNull(0) ? Guid.Empty : row.GetGuid(0), Reason: row.GetString(1))).ConfigureAwait(false)).ToLookup(row => row.Id);
        var built = (await database.QueryAsync("select application_name, build_number from builds", row => (row.GetString(0), row.GetString(1)))
            .ConfigureAwait(false)).ToLookup(build => build);
        return [.. _sent.SelectMany(Wrong)];

        IEnumerable<string> Wrong(Sent message)
        {
            var outcomes = (Decided: decided[message.Id].Count(), Built: message.Build is { } build ? built[build].Count() : 0,
                Parked: parked[message.Id].Count());
            var right = message.Expected switch { Expected.Decided => (1, 0, 0), Expected.Built => (0, 1, 0), _ => (0, 0, 1) };
            if (outcomes != right)
                yield return $"I3 {message.Contract} {message.Id} must be {message.Expected} once: {outcomes.Decided} decided, {outcomes.Built} built, {outcomes.Parked} parked";
            if (parked[message.Id].Any(row => row.Reason.Length == 0))
                yield return $"I3 {message.Contract} {message.Id} is parked without a reason";
        }
    }

    private enum Expected
    {
        Decided,
        Built,
        Parked,
    }

    private sealed record Sent(Guid Id, string Contract, Expected Expected, (string Application, string Number)? Build);
}
