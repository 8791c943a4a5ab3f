namespace DevopsCd.Core.Notifications;

/// <summary>What a notice tells. Refreshed builds are not told: they are history rows.</summary>
internal enum NoticeKind
{
    /// <summary>A batch accepted an event.</summary>
    Transition,

    /// <summary>One application failed in a stage.</summary>
    AppFailed,

    /// <summary>A pre-deployed batch waits for a person to start production.</summary>
    ProductionReady,

    /// <summary>A person tries a channel.</summary>
    Test
}
