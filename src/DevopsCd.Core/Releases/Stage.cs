namespace DevopsCd.Core.Releases;

/// <summary>Where a batch deploys to.</summary>
internal enum Stage
{
    Pre,
    Prod
}
