namespace DevopsCd.Core.Access;

/// <summary>A project that a batch concerns.</summary>
internal sealed class BatchProject
{
    public required long BatchId { get; init; }

    public required string Project { get; init; }
}
