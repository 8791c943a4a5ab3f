namespace DevopsCd.Shared.Evidence;

/// <summary>The evidence of a batch: a zip of what was decided and done, as its manifest lists it, signed with the service's key.</summary>
internal static class EvidenceFile
{
    public const string MediaType = "application/zip";

    /// <summary>The form of the files. Whoever reads them refuses another one.</summary>
    public const int Format = 1;

    /// <summary>What the file is about, with the SHA-256 of each other file; this is what is signed.</summary>
    public const string Manifest = "evidence.json";

    /// <summary>The signature of the manifest: ECDSA in DER or RSA (PKCS #1), over SHA-256, as <c>openssl dgst</c> takes it.</summary>
    public const string Signature = "evidence.sig";

    /// <summary>The public key of the signature, as PEM. It proves nothing until it is compared with the key of the service.</summary>
    public const string Key = "evidence.pub";

    /// <summary>The batch, and what it deploys where.</summary>
    public const string Content = "content.json";

    /// <summary>Who has approved which content, the withdrawn votes included.</summary>
    public const string Approvals = "approvals.json";

    /// <summary>The gates of the batch's policies: those that were asked, each with its result, and those that will be.</summary>
    public const string Gates = "gates.json";

    /// <summary>The audit: on each line a row in the canonical form of RFC 8785, and the hash that was stored with it.</summary>
    public const string Audit = "audit.jsonl";

    /// <summary>What was deployed, attempt by attempt.</summary>
    public const string Operations = "operations.json";

    /// <summary>Who was told what.</summary>
    public const string Notices = "notices.json";

    /// <summary>What ran where before the batch, and what runs there now.</summary>
    public const string LiveVersions = "live-versions.json";
}
