using System.Diagnostics;
using DevopsCd.Messaging.Tests.Scheduling;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Sagas;

/// <summary>Who waits for a row of PostgreSQL in one process. No statement runs here: whoever has the turn stands for one that waits.</summary>
public sealed class A_row_that_somebody_holds : IAsyncDisposable
{
    private readonly ReminderDb _db = new(new DbContextOptionsBuilder<ReminderDb>().UseNpgsql("Host=127.0.0.1;Database=nobody").Options);

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    [Fact]
    public async Task Is_waited_for_once_and_everybody_else_is_sent_away_to_come_again()
    {
        var row = $"{Guid.NewGuid()}";
        using var waits = await RowTurns.WaitAsync(_db, row, CancellationToken.None);

        var started = Stopwatch.GetTimestamp();
        var others = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(_ => Should.ThrowAsync<RowHeldException>(async () => await RowTurns.WaitAsync(_db, row, CancellationToken.None))));
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(900));
        await Should.ThrowAsync<RowHeldException>(async () => await RowTurns.WaitAsync(_db, row, CancellationToken.None));

        others.ShouldAllBe(held => held.Message.Contains(row));
        DatabaseFailures.IsOutage(others[0]).ShouldBeTrue();
        using var another = await RowTurns.WaitAsync(_db, $"{Guid.NewGuid()}", CancellationToken.None);
    }

    [Fact]
    public async Task Is_for_everybody_in_turn_as_soon_as_it_is_free()
    {
        var row = $"{Guid.NewGuid()}";
        var served = 0;

        var first = await RowTurns.WaitAsync(_db, row, CancellationToken.None);
        var others = Enumerable.Range(0, 40).Select(async _ =>
        {
            using var turn = await RowTurns.WaitAsync(_db, row, CancellationToken.None);
            Interlocked.Increment(ref served).ShouldBeInRange(1, 40);
        }).ToArray();
        first.Dispose();
        await Task.WhenAll(others);

        served.ShouldBe(40);
        using var last = await RowTurns.WaitAsync(_db, row, CancellationToken.None);
    }

    [Fact]
    public async Task Is_given_up_by_who_is_cancelled()
    {
        var row = $"{Guid.NewGuid()}";
        using var cancelled = new CancellationTokenSource();

        var first = await RowTurns.WaitAsync(_db, row, CancellationToken.None);
        var second = RowTurns.WaitAsync(_db, row, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        first.Dispose();

        using var third = await RowTurns.WaitAsync(_db, row, CancellationToken.None);
    }
}
