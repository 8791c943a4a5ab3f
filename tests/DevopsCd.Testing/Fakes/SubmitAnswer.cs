namespace DevopsCd.Testing.Fakes;

/// <summary>How the fake deploy service treats one call that submits an operation.</summary>
public sealed record SubmitAnswer
{
    private SubmitAnswer()
    {
    }

    /// <summary>Status of the answer; null: what the contract says (201 or 200).</summary>
    public int? Status { get; private init; }

    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Waits before it answers; the infinite time never answers.</summary>
    public TimeSpan Delay { get; private init; }

    /// <summary>The operation is accepted whatever the caller gets to see of it.</summary>
    public bool Accepts { get; private init; } = true;

    /// <summary>The connection is reset in place of an answer.</summary>
    public bool Drops { get; private init; }

    public static SubmitAnswer Accept { get; } = new();

    /// <summary>Accepted, and the caller never hears of it.</summary>
    public static SubmitAnswer NeverAnswer { get; } = new() { Delay = Timeout.InfiniteTimeSpan };

    /// <summary>Accepted, then the connection is reset.</summary>
    public static SubmitAnswer AcceptThenDrop { get; } = new() { Drops = true };

    /// <summary>Not accepted: 503, 500, 422, …</summary>
    public static SubmitAnswer Refuse(int status) => new() { Status = status, Accepts = false };

    /// <summary>Not accepted: 429 with Retry-After.</summary>
    public static SubmitAnswer Busy(TimeSpan retryAfter) => new() { Status = 429, RetryAfter = retryAfter, Accepts = false };

    public static SubmitAnswer Slow(TimeSpan delay) => new() { Delay = delay };
}
