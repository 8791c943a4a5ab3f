namespace DevopsCd.Core.Scanning;

/// <summary>What each function of a scan did (R14).</summary>
/// <param name="Refreshed">Releases brought to a newer build.</param>
/// <param name="Started">Batches whose pre-deploy was asked for.</param>
/// <param name="Prepared">Batches whose production plan was made.</param>
/// <param name="Woken">Operations and stages that had been waiting too long for a lost message.</param>
/// <param name="Expired">Batches whose approval had expired and was revoked.</param>
internal sealed record ScanResult(
    IReadOnlyList<string> Refreshed, IReadOnlyList<string> Started, IReadOnlyList<string> Prepared, IReadOnlyList<string> Woken,
    IReadOnlyList<string> Expired);
