namespace DevopsCd.DeployService.Configuration;

/// <summary>One caller. Only the hash of the key is configured; keys are random, so a plain SHA-256 cannot be guessed back.</summary>
internal sealed class ApiKeyOptions
{
    /// <summary>The caller's name in logs and limits.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// SHA-256 of the key, in hex: <c>printf %s "$key" | sha256sum</c>. While a key is being replaced, those of both, separated by a comma: whoever
    /// still has the old one gets in.
    /// </summary>
    public string Sha256 { get; set; } = "";

    /// <summary>The hashes that <see cref="Sha256" /> lists.</summary>
    public string[] Hashes => Sha256.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>The clusters the caller may use; <c>*</c> for all.</summary>
    public List<string> Clusters { get; set; } = [];

    /// <summary>The namespaces the caller may use; <c>*</c> for all.</summary>
    public List<string> Namespaces { get; set; } = [];
}
