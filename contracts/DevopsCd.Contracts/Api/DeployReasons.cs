namespace DevopsCd.Contracts.Api;

/// <summary>The words of <c>reason</c> that callers may go by.</summary>
public static class DeployReasons
{
    /// <summary>With the phase <c>stopped</c>: what ran before the operation runs again, because somebody asked for a rollback.</summary>
    public const string RolledBack = "RolledBack";
}
