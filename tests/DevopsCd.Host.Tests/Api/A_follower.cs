using System.IO.Pipelines;
using System.Text;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access;
using DevopsCd.Host.Api;
using DevopsCd.Host.Live;
using DevopsCd.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Host.Tests.Api;

/// <summary>Somebody who follows changes, where time is the test's.</summary>
public sealed class A_follower(AccessHost host)
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Hears_from_the_host_while_nothing_happens()
    {
        var (http, sent) = Request(Subject.User("ann") with { Grants = LocalAccess.Everything });
        var following = Following(new AuthOptions()).FollowAsync(http, new StreamFilter(0, null), null);
        var first = await Read(sent, "\n\n");

        await Eventually.IsTrue(async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return (await Read(sent, "")).Contains(":\nid: ", StringComparison.Ordinal);
        }, "a heartbeat comes");

        first.ShouldStartWith("retry: ");
        http.Abort();
        await following;
    }

    [Fact]
    public async Task Is_left_when_it_takes_nothing_of_what_is_sent()
    {
        var (http, sent) = Request(Subject.User("ann") with { Grants = LocalAccess.Everything }, room: 1);
        var following = Following(new AuthOptions()).FollowAsync(http, new StreamFilter(null, null), null);

        await Eventually.IsTrue(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            return following.IsCompleted;
        }, "it is left");

        http.RequestAborted.IsCancellationRequested.ShouldBeTrue();
        sent.Complete();
    }

    [Fact]
    public async Task Hears_nothing_more_once_its_token_is_over()
    {
        var token = new Subject(SubjectKind.Token, "0123456789ab") { Grants = LocalAccess.Everything };
        var (http, sent) = Request(token);
        // No row says that there is such a token.
        http.User = Identities.Of(token, "token");
        var following = Following(new AuthOptions { Mode = AccessModes.Password }).FollowAsync(http, new StreamFilter(0, null), null);
        await Read(sent, "\n\n");

        await Eventually.IsTrue(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return following.IsCompleted;
        }, "the stream has ended");

        http.RequestAborted.IsCancellationRequested.ShouldBeFalse();
    }

    private ChangeFollowing Following(AuthOptions auth) => ActivatorUtilities.CreateInstance<ChangeFollowing>(host.Services, _clock, auth);

    private (HttpContext Http, PipeReader Sent) Request(Subject caller, long room = 64 * 1024)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: room, resumeWriterThreshold: room / 2));
        var http = new DefaultHttpContext { RequestServices = host.Services };
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(pipe.Writer.AsStream()));
        http.Features.Set<IHttpRequestLifetimeFeature>(new Connection());
        Caller.Is(http, caller);
        return (http, pipe.Reader);
    }

    /// <summary>What has been sent so far, once the text is in it.</summary>
    private static async Task<string> Read(PipeReader sent, string until)
    {
        while (true)
        {
            var read = until.Length > 0 ? await sent.ReadAsync(TestContext.Current.CancellationToken) : sent.TryRead(out var now) ? now : default;
            var text = Encoding.ASCII.GetString(read.Buffer);
            if (read.Buffer.Start.GetObject() is not null)
                sent.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (text.Contains(until, StringComparison.Ordinal))
                return text;
        }
    }

    /// <summary>The default one cannot be aborted.</summary>
    private sealed class Connection : IHttpRequestLifetimeFeature
    {
        private readonly CancellationTokenSource _aborted = new();

        public Connection() => RequestAborted = _aborted.Token;

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => _aborted.Cancel();
    }
}
