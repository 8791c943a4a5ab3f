namespace DevopsCd.Contracts.Api;

/// <summary>An application of a stage that is under way, which does not go on at present.</summary>
public sealed record WaitingApplication
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>How it stands in the stage: <c>waiting</c>, <c>deploying</c> or <c>held</c>.</summary>
    public required string Status { get; init; }

    /// <summary>What it waits for, in English: another application, a wave, the end of a soak or of a freeze, a free place.</summary>
    public required string WaitsFor { get; init; }
}
