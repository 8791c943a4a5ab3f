using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Messaging.Tests.Outbox;

/// <summary>Commits happen, but whoever waits for one when told so only learns that the line broke.</summary>
internal sealed class LostAnswers : DbTransactionInterceptor
{
    private int _next;
    private int _lost;

    public Action OnLost { get; set; } = static () => { };

    public int Lost => _lost;

    public void LoseNext() => Interlocked.Exchange(ref _next, 1);

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _next, 0) == 0)
            return Task.CompletedTask;

        Interlocked.Increment(ref _lost);
        OnLost();
        throw new IOException("The test has cut the line behind the commit");
    }
}
