using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Deployments;

/// <summary>What a deploy service answered, as the engine's rules tell cases apart (R9).</summary>
internal abstract record DeployAnswer
{
    /// <summary>What ran before the operation, where the service has told.</summary>
    public PreviousVersion? Previous { get; init; }

    /// <summary>Why the operation has failed or does not come up, where the service has told.</summary>
    public DeployCause? Cause { get; init; }

    /// <summary>Accepted and not ended. <paramref name="LookAfter" />: when a look is worth while, if sooner than a poll.</summary>
    public sealed record Progressing(TimeSpan? LookAfter = null) : DeployAnswer;

    public sealed record Succeeded : DeployAnswer;

    /// <summary>Ended badly.</summary>
    public sealed record Failed(string Reason) : DeployAnswer;

    /// <summary>The call was refused. That is definite for a submit; of a look or a stop it says nothing about the rollout.</summary>
    public sealed record Refused(string Reason) : DeployAnswer;

    /// <summary>Ended because it was asked to stop.</summary>
    public sealed record Stopped : DeployAnswer;

    /// <summary>The service cannot restore what ran before an operation; whether it can deploy the image of before is another question.</summary>
    public sealed record Unable(string Reason) : DeployAnswer;

    /// <summary>The service does not know the operation.</summary>
    public sealed record Unknown : DeployAnswer;

    /// <summary>
    /// No answer, or one that may be another the next time. <paramref name="RetryAfter" />: what the service asked for.
    /// <paramref name="MayHaveArrived" />: false only where the service surely has not taken the call.
    /// </summary>
    public sealed record Transient(string Reason, TimeSpan? RetryAfter = null, bool MayHaveArrived = true) : DeployAnswer;

    /// <summary>No call was made, because calls fail at present; it is no try.</summary>
    public sealed record NotSent(TimeSpan RetryAfter) : DeployAnswer;
}
