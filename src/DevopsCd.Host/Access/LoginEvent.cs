namespace DevopsCd.Host.Access;

/// <summary>One line of what happened at the door: a login, a token, an account. Rows are added and never changed.</summary>
internal sealed class LoginEvent
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What happened, for example <c>login_failed</c>.</summary>
    public required string What { get; init; }

    /// <summary>Whom it concerns, as <c>user:ann</c>; for a failed login the name that was tried.</summary>
    public required string Subject { get; init; }

    /// <summary>Who did it.</summary>
    public required string Operator { get; init; }

    /// <summary>The network address it came from.</summary>
    public string? Address { get; init; }

    /// <summary>More, for people. Never a secret.</summary>
    public string? Detail { get; init; }
}
