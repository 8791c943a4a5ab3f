using System.Collections.Concurrent;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Ui.Live;

/// <summary>
/// Tells open pages that what they show has changed, whichever host changed it: while somebody looks, this process asks the database four times a
/// second for the marks of what is looked at. No page asks by itself, and no message can get lost on the way.
/// </summary>
internal sealed class LiveFeed(IServiceScopeFactory scopes, TimeProvider clock, ILogger<LiveFeed> log)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Stand for the list of batches and for the builds among the ids of batches.</summary>
    private const long List = 0, Builds = -1;

    private readonly Lock _gate = new();
    private readonly HashSet<Watch> _watches = [];
    private bool _isLooking;

    /// <summary>Calls back whenever the list of batches may have changed.</summary>
    public IDisposable WatchList(Func<LiveNews, Task> tell) => Add(new Watch(this, List, tell));

    /// <summary>Calls back whenever a batch has changed, its applications and operations included.</summary>
    public IDisposable WatchBatch(long id, Func<LiveNews, Task> tell) => Add(new Watch(this, id, tell));

    /// <summary>Calls back whenever builds have arrived.</summary>
    public IDisposable WatchBuilds(Func<LiveNews, Task> tell) => Add(new Watch(this, Builds, tell));

    private Watch Add(Watch watch)
    {
        lock (_gate)
        {
            _watches.Add(watch);
            if (!_isLooking)
            {
                _isLooking = true;
                _ = Task.Run(LookAsync);
            }
        }
        return watch;
    }

    private void Remove(Watch watch)
    {
        lock (_gate)
            _watches.Remove(watch);
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        var failed = false;
        while (Watched() is { Count: > 0 } watches)
        {
            try
            {
                var marks = await MarksAsync([.. watches.Select(w => w.Id).Distinct()]);
                failed = false;
                foreach (var watch in watches)
                    watch.See(marks.GetValueOrDefault(watch.Id, ""));
            }
            catch (Exception failure)
            {
                // Whatever the database says: the pages say that they are not live, and the next look is due in a moment.
                if (!failed)
                    log.LookFailed(failure);
                failed = true;
                foreach (var watch in watches)
                    watch.Lose();
            }
            await timer.WaitForNextTickAsync();
        }
    }

    private List<Watch> Watched()
    {
        lock (_gate)
        {
            _isLooking = _watches.Count > 0;
            return [.. _watches];
        }
    }

    /// <summary>A mark of each of these, which differs once anything in it differs.</summary>
    private async Task<Dictionary<long, string>> MarksAsync(List<long> ids)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var batches = await db.Batches.Where(b => ids.Contains(b.Id)).Select(b => new
        {
            b.Id,
            b.Version,
            b.UpdatedAt,
            b.CancelRequested,
            b.ProdPlannedAt,
            Event = db.BatchEvents.Where(e => e.BatchId == b.Id).Max(e => (long?)e.Id)
        }).AsNoTracking().ToListAsync();
        var releases = (await db.Releases.Where(r => ids.Contains(r.BatchId)).GroupBy(r => new { r.BatchId, r.PreStatus, r.ProdStatus })
            .Select(g => new { g.Key, Count = g.Count(), Reasons = g.Sum(r => (int?)r.StatusReason!.Length), Builds = g.Sum(r => r.LatestBuildId) })
            .ToListAsync()).ToLookup(g => g.Key.BatchId);
        var operations = (await db.Deployments.Where(d => ids.Contains(d.BatchId)).GroupBy(d => new { d.BatchId, d.Status, d.MayRun })
            .Select(g => new { g.Key, Count = g.Count(), Tries = g.Sum(d => d.Tries), Errors = g.Sum(d => (int?)d.Error!.Length), Last = g.Max(d => d.Id) })
            .ToListAsync()).ToLookup(g => g.Key.BatchId);
        var marks = batches.ToDictionary(b => b.Id, b => string.Join(
            '\n', releases[b.Id].Select(g => g.ToString()).Concat(operations[b.Id].Select(g => g.ToString())).Order(StringComparer.Ordinal)
                .Prepend(b.ToString())));
        if (ids.Contains(List))
            marks[List] = (await db.BatchEvents.MaxAsync(e => (long?)e.Id)).ToString() ?? "";
        if (ids.Contains(Builds))
            marks[Builds] = (await db.Builds.MaxAsync(b => (long?)b.Id)).ToString() ?? "";
        return marks;
    }

    /// <summary>Somebody who is told. What it is told runs on its own page's thread, and is never waited for.</summary>
    private sealed class Watch(LiveFeed feed, long id, Func<LiveNews, Task> tell) : IDisposable
    {
        private string? _seen;
        private bool _isLost;

        public long Id => id;

        public void See(string mark)
        {
            if (mark == _seen && !_isLost)
                return;
            (_seen, _isLost) = (mark, false);
            _ = tell(LiveNews.Changed);
        }

        public void Lose()
        {
            if (_isLost)
                return;
            _isLost = true;
            _ = tell(LiveNews.Lost);
        }

        public void Dispose() => feed.Remove(this);
    }
}

/// <summary>What a page is told.</summary>
internal enum LiveNews
{
    /// <summary>Read again.</summary>
    Changed,

    /// <summary>The database does not answer: what is shown may be old.</summary>
    Lost
}
