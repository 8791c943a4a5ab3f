namespace DevopsCd.Testing.Chaos;

/// <summary>How long nothing happened: by the times in the rows of batches that are not the troubled one.</summary>
public sealed class Standstill(PostgresDatabase database)
{
    private readonly TimeProvider _clock = TimeProvider.System;

    /// <summary>Runs the trouble and tells the longest time in it in which no event of a batch was accepted and no operation began or ended.</summary>
    /// <param name="trouble">What happens.</param>
    /// <param name="except">A batch that has reason to stand still.</param>
    public async Task<TimeSpan> DuringAsync(Func<Task> trouble, long? except = null)
    {
        var began = _clock.GetUtcNow();
        await trouble().ConfigureAwait(false);
        var ended = _clock.GetUtcNow();
        var times = await database.QueryAsync<DateTimeOffset>(
            """
            select t from (
              select at as t, batch_id from batch_events where outcome = 'accepted'
              union all select started_at, batch_id from deployments
              union all select finished_at, batch_id from deployments where finished_at is not null) as progress
            where t between $1 and $2 and batch_id <> $3 order by t
            """,
            began, ended, except ?? 0).ConfigureAwait(false);

        // Where all is done by then, the rest of the time is nobody's standstill.
        var unfinished = await database.ScalarAsync<long>("select count(*) from batches where status not in (6, 40, 90) and id <> $1", except ?? 0)
            .ConfigureAwait(false) > 0;
        DateTimeOffset[] marks = [began, .. times, .. unfinished ? (DateTimeOffset[])[ended] : []];
        return marks.Zip(marks.Skip(1), (from, to) => to - from).DefaultIfEmpty().Max();
    }
}
