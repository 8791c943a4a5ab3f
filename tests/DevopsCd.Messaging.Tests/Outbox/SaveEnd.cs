namespace DevopsCd.Messaging.Tests.Outbox;

/// <summary>How a save can end without having saved.</summary>
public enum SaveEnd
{
    RowIsGone,
    ConstraintIsBroken,
    LaterInterceptorThrows,
    IsCancelled,
}
