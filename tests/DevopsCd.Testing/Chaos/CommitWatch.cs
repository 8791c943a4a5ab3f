using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// Hears of commits from PostgreSQL itself: triggers notify, and a notification leaves the server only when its transaction has
/// committed. Cheaper and sharper than asking again and again.
/// </summary>
public sealed class CommitWatch : IAsyncDisposable
{
    private const string Triggers =
        """
        create function watch_batches() returns trigger language plpgsql as $$
        begin perform pg_notify('watch', 'batch:' || new.batch_number || ':' || new.status); return null; end $$;
        create trigger watch_batches after insert or update of status on batches for each row execute function watch_batches();
        create function watch_releases() returns trigger language plpgsql as $$
        begin perform pg_notify('watch', 'release:' || new.image_name || ':' || new.image_tag); return null; end $$;
        create trigger watch_releases after update of build_id on batch_releases for each row when (old.build_id is distinct from new.build_id) execute function watch_releases();
        listen watch;
        """;

    private readonly NpgsqlConnection _connection;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _awaited = new();
    private readonly CancellationTokenSource _ends = new();
    private readonly Task _listening;

    private CommitWatch(NpgsqlConnection connection)
    {
        this._connection = connection;
        connection.Notification += (_, heard) => Fact(heard.Payload).TrySetResult(Stopwatch.GetTimestamp());
        _listening = Listen();
    }

    public static async Task<CommitWatch> OnAsync(PostgresDatabase database)
    {
        var connection = await database.OpenAsync().ConfigureAwait(false);
        await using var command = new NpgsqlCommand(Triggers, connection);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        return new(connection);
    }

    /// <summary>The batch has this status.</summary>
    public Task<long> Batch(string number, int status) => Patiently($"batch:{number}:{status}");

    /// <summary>The release has the image of this build.</summary>
    public Task<long> Release(string image, string tag) => Patiently($"release:{image}:{tag}");

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _ends.Dispose();
    }

    private Task<long> Patiently(string fact) => Fact(fact).Task.WaitAsync(Eventually.Patience);

    private TaskCompletionSource<long> Fact(string payload) =>
        _awaited.GetOrAdd(payload, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task Listen()
    {
        while (!_ends.IsCancellationRequested) await _connection.WaitAsync(_ends.Token).ConfigureAwait(false);
    }
}
