using DevopsCd.Contracts;

namespace DevopsCd.Core.Releases;

/// <summary>The engine's own start of a pre-deploy: after the seal at once, and by the scan if that was lost (R5).</summary>
internal static class AutomaticStart
{
    public static StartPreDeploy Of(Guid batchId) => new() { BatchId = batchId, Operator = Operators.Engine, Automatic = true };

    /// <summary>The same for the seal's message and every scan's, so that one of them is decided.</summary>
    /// <param name="batchId">The batch's correlation id.</param>
    /// <param name="seal">The number of its seal: a batch that was reopened before it started, starts after the next seal.</param>
    /// <param name="attemptsSoFar">Starts until now.</param>
    public static Guid MessageId(Guid batchId, int seal, int attemptsSoFar) =>
        EngineMessageId.Of(batchId, seal <= 1 ? nameof(StartPreDeploy) : $"{nameof(StartPreDeploy)}/{seal}", attemptsSoFar + 1);
}
