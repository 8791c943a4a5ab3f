namespace DevopsCd.Core.Tests.Notifications;

/// <summary>A service's limit as it is enforced on the other side: every sliding window, on the server's clock, without mercy.</summary>
internal sealed class TrueLimit(TimeProvider clock, string ok, string refused, params (int Count, TimeSpan Span)[] windows)
{
    private readonly List<DateTimeOffset> _accepted = [];

    public int Accepted => _accepted.Count;

    public int Refused { get; private set; }

    public IReadOnlyList<DateTimeOffset> Times => _accepted;

    public FakeReply Answer(FakeRequest request)
    {
        var now = clock.GetUtcNow();
        if (windows.Any(w => _accepted.Count(t => t > now - w.Span) >= w.Count))
        {
            Refused++;
            return new FakeReply(200, refused);
        }
        _accepted.Add(now);
        return new FakeReply(200, ok);
    }
}
