namespace DevopsCd.Core.Releases;

/// <summary>A run of operations over a batch: where it deploys to, or what it takes back.</summary>
internal enum Stage
{
    Pre,
    Prod,

    /// <summary>Production goes back to what ran before the batch, in the reverse order (R19).</summary>
    Rollback
}
