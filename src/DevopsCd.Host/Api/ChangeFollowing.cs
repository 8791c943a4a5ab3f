using System.Buffers;
using System.Globalization;
using System.Text;
using DevopsCd.Core.Access;
using DevopsCd.Core.Changes;
using DevopsCd.Core.Data;
using DevopsCd.Host.Access;
using DevopsCd.Host.Live;
using DevopsCd.Shared.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace DevopsCd.Host.Api;

/// <summary>
/// Sends changes to those who follow them. What was committed before somebody came is read for them alone, a page at a time; from then on all share
/// what <see cref="ChangeTail" /> has read.
/// </summary>
internal sealed class ChangeFollowing(ChangeTail tail, LiveFeed feed, LastingCaller lasting, AuthOptions auth, AccessDoor door, IServiceScopeFactory scopes,
    IHostApplicationLifetime lifetime, IOptions<JsonOptions> json, TimeProvider clock, ILogger<ChangeFollowing> log)
{
    /// <summary>Whatever happens, something is sent so often: proxies end what is silent.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How long a reader may take what is sent; the server itself ends those that take next to nothing.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Milliseconds after which a browser connects again.</summary>
    private const int Retry = 2000;

    private const int SentAtOnce = 32 * 1024;

    /// <summary>Sends until the caller leaves, the host stops, or the caller is not let in any more.</summary>
    /// <param name="http">The request.</param>
    /// <param name="filter">What was asked for.</param>
    /// <param name="after">The cursor of the last change that the caller has; null to begin now.</param>
    public async Task FollowAsync(HttpContext http, StreamFilter filter, long? after)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        // What the database refuses now is answered as ever: nothing has been sent.
        var (cursor, isReset) = await StartAsync(after, ended.Token);
        http.Response.ContentType = ChangeStream.ContentType;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (HeadRequests.IsHead(http))
            return;
        var follower = new Follower(http, Caller.Of(http), clock.GetTimestamp());
        try
        {
            await SendAsync(http, $"retry: {Retry}\nid: {cursor}\n{(isReset ? "event: reset\ndata: {}\n" : "")}\n", ended.Token);
            await FollowAsync(follower, filter, cursor, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Nobody listens any more, or the host stops: whoever comes again goes on from the last id.
        }
        catch (Exception failure)
        {
            log.StreamEnded(failure.GetBaseException().Message);
        }
    }

    private async Task FollowAsync(Follower follower, StreamFilter filter, long cursor, CancellationToken ended)
    {
        var changed = new WakeSignal<Follower>();
        using var watch = feed.Watch(LiveTopic.Changes, null, _ =>
        {
            changed.Raise();
            return Task.CompletedTask;
        });
        var isLive = false;
        while (true)
        {
            var next = changed.Next;
            var changes = tail.After(cursor);
            if (changes is null && isLive)
            {
                log.TooSlow(follower.Subject.Id, cursor);
                return;
            }
            isLive |= changes is not null;
            changes ??= await ReadAsync(cursor, ended);
            if (changes.Count > 0)
            {
                if (!await SendAsync(follower, filter, changes, ended))
                    return;
                cursor = changes[^1].Cursor;
            }
            else
            {
                await WakeSignal<Follower>.WaitAsync(next, Left(Heartbeat, follower.SentAt), clock, ended);
            }
            if (Left(Heartbeat, follower.SentAt) == TimeSpan.Zero)
            {
                if (!await IsLetInAsync(follower, ended))
                    return;
                await SendAsync(follower.Http, string.Create(CultureInfo.InvariantCulture, $":\nid: {cursor}\n\n"), ended);
                follower.SentAt = clock.GetTimestamp();
            }
        }
    }

    /// <summary>Sends those of the changes that the caller asked for and may see.</summary>
    /// <returns>False when the caller is to be sent nothing more.</returns>
    private async Task<bool> SendAsync(Follower follower, StreamFilter filter, IReadOnlyList<LiveChange> changes, CancellationToken ended)
    {
        List<LiveChange> wanted = [.. changes.Where(filter.Takes)];
        if (wanted.Count == 0)
            return true;
        if (!await IsLetInAsync(follower, ended))
            return false;
        var visible = await door.WhereAsync(follower.Subject, Permissions.View, ended);
        var (writer, unsent) = (follower.Http.Response.BodyWriter, 0);
        foreach (var change in wanted)
        {
            if (!change.IsIn(visible))
            {
                // The only batch that was asked for: who asks again is told that there is none.
                if (filter.Batch is not null)
                    return false;
                continue;
            }
            writer.Write(change.Frame);
            if ((unsent += change.Frame.Length) < SentAtOnce)
                continue;
            await FlushAsync(follower.Http, ended);
            unsent = 0;
        }
        if (unsent > 0)
            await FlushAsync(follower.Http, ended);
        follower.SentAt = clock.GetTimestamp();
        return true;
    }

    /// <summary>Whether the caller is still let in, as of a few seconds ago: for as long as bindings are taken from memory.</summary>
    private async Task<bool> IsLetInAsync(Follower follower, CancellationToken ended)
    {
        if (auth.IsLocal || clock.GetElapsedTime(follower.AskedAt) < AccessRights.Freshness)
            return true;
        var asked = clock.GetTimestamp();
        if (await lasting.StillAsync(follower.Http.User, LastingCaller.Expires(follower.Http), ended) is not { } subject)
            return false;
        (follower.Subject, follower.AskedAt) = (subject, asked);
        return true;
    }

    private async Task<(long Cursor, bool IsReset)> StartAsync(long? after, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var changes = scope.ServiceProvider.GetRequiredService<ChangeLog>();
        if (after is { } cursor && await changes.KeepsAllAfterAsync(cursor, cancellationToken))
            return (cursor, false);
        await changes.NumberAsync(cancellationToken);
        return (await changes.NewestAsync(cancellationToken), after is not null);
    }

    private async Task<IReadOnlyList<LiveChange>> ReadAsync(long cursor, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var read = await scope.ServiceProvider.GetRequiredService<ChangeLog>().AfterAsync(cursor, cancellationToken);
        return [.. read.Select(change => LiveChange.Of(change, json.Value.SerializerOptions))];
    }

    private async Task SendAsync(HttpContext http, string text, CancellationToken ended)
    {
        http.Response.BodyWriter.Write(Encoding.ASCII.GetBytes(text));
        await FlushAsync(http, ended);
    }

    private async Task FlushAsync(HttpContext http, CancellationToken ended)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ended);
        try
        {
            await http.Response.BodyWriter.FlushAsync(either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            http.Abort();
            throw new TimeoutException($"the reader did not take what was sent within {s_patience.TotalSeconds} s");
        }
    }

    private TimeSpan Left(TimeSpan of, long since) => of - clock.GetElapsedTime(since) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Somebody who follows.</summary>
    private sealed class Follower(HttpContext http, Subject subject, long now)
    {
        public HttpContext Http => http;

        public Subject Subject { get; set; } = subject;

        /// <summary>When it was last asked whether they are let in.</summary>
        public long AskedAt { get; set; } = now;

        public long SentAt { get; set; } = now;
    }
}
