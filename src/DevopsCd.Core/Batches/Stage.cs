namespace DevopsCd.Core.Batches;

/// <summary>Where a batch deploys to.</summary>
internal enum Stage
{
    Pre,
    Prod
}
