using DevopsCd.Testing.Fakes;

namespace DevopsCd.Testing.Chaos;

/// <summary>R11, from outside: what must be told has its row on the channel, once, and every row is told in the end.</summary>
public sealed class NoticeCheck(PostgresDatabase database, string channel)
{
    /// <summary>What the audit and the operations say must be told, without a row; and rows that are there twice.</summary>
    private const string Wrong =
        """
        with told as (select notice_key, count(*) as rows from notifications where channel = $1 group by notice_key),
        expected as (
            select 'batch/' || batch_id || '/v' || version || '/' || event as key from batch_events where outcome = 'accepted'
            union
            select 'batch/' || batch_id || '/' || initcap(stage) || '/' || attempt || '/' || application || '/' from deployments where status in ('failed', 'timed_out'))
        select 'R11 no notice ' || key || ' on the channel' from expected where key not in (select notice_key from told)
        union all
        select 'R11 notice ' || notice_key || ' has ' || rows || ' rows on the channel' from told where rows > 1
        """;

    private const string Open =
        "select 'R11 notice ' || notice_key || ' is ' || status || ' after ' || tries || ' tries' from notifications where channel = $1 and status not in ('sent', 'superseded')";

    /// <summary>Rows that are missing or there twice: holds at every moment.</summary>
    public Task<IReadOnlyList<string>> CheckAsync() => database.QueryAsync<string>(Wrong, channel);

    /// <summary>Waits until everything is told; then reports what is not, and messages that never arrived although their row says so.</summary>
    public async Task<IReadOnlyList<string>> CheckToldAsync(FakeLark lark, TimeSpan within)
    {
        try
        {
            await Eventually.Sees(OpenAsync, open => open.Count == 0, "every notice is told", within).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return await OpenAsync().ConfigureAwait(false);
        }

        var sent = await database.ScalarAsync<long>("select count(*) from notifications where channel = $1 and status = 'sent' and carried_by is null", channel)
            .ConfigureAwait(false);
        return sent > lark.Cards.Count ? [$"R11 {sent} messages are marked as sent, {lark.Cards.Count} arrived"] : [];
    }

    private Task<IReadOnlyList<string>> OpenAsync() => database.QueryAsync<string>(Open, channel);
}
