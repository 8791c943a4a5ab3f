using DevopsCd.Contracts;

namespace DevopsCd.Core.Releases;

/// <summary>The engine's own start of a pre-deploy: after the seal at once, and by the scan if that was lost (R5).</summary>
internal static class AutomaticStart
{
    public static StartPreDeploy Of(Guid batchId) => new() { BatchId = batchId, Operator = Operators.Engine, Automatic = true };

    /// <summary>The same for the seal's message and every scan's, so that one of them is decided.</summary>
    public static Guid MessageId(Guid batchId, int attemptsSoFar) => EngineMessageId.Of(batchId, nameof(StartPreDeploy), attemptsSoFar + 1);
}
