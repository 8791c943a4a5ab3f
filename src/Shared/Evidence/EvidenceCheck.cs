using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DevopsCd.Shared.Evidence;

/// <summary>Checks a file of evidence by itself, without the service that made it.</summary>
internal sealed class EvidenceCheck
{
    /// <summary>Larger than any evidence: what unpacks to more is none.</summary>
    private const long MostBytes = 512L << 20;

    private const string Accepted = "accepted";

    /// <summary>The event by which a person starts what moves production.</summary>
    private static readonly Dictionary<string, string> s_startsOfProduction = new(StringComparer.Ordinal)
    {
        ["prod"] = "start_prod_deploy",
        ["rollback"] = "start_prod_rollback"
    };

    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly List<string> _unpacking = [];

    private EvidenceCheck(Stream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        var left = MostBytes;
        foreach (var entry in zip.Entries)
        {
            using var content = entry.Open();
            var bytes = new MemoryStream();
            var buffer = new byte[81920];
            for (int read; (read = content.Read(buffer)) > 0; bytes.Write(buffer, 0, read))
                if ((left -= read) < 0)
                    throw new InvalidDataException($"it unpacks to more than {MostBytes >> 20} MB");
            if (!_files.TryAdd(entry.FullName, bytes.ToArray()))
                _unpacking.Add($"{entry.FullName} is there twice");
        }
    }

    /// <summary>Everything that the file states, each with whether it is so.</summary>
    /// <param name="file">The zip; it must be seekable.</param>
    /// <param name="trustedKey">The public key of the service as PEM; null to take the key that the file brings with it.</param>
    /// <exception cref="InvalidDataException">It is no zip of evidence.</exception>
    /// <exception cref="ArgumentException">The trusted key cannot be read.</exception>
    public static IReadOnlyList<EvidenceStatement> Of(Stream file, string? trustedKey)
    {
        var check = new EvidenceCheck(file);
        if (!check._files.TryGetValue(EvidenceFile.Manifest, out var bytes))
            throw new InvalidDataException($"it has no {EvidenceFile.Manifest}");
        JsonElement manifest;
        try
        {
            manifest = JsonDocument.Parse(bytes).RootElement;
            if (manifest.GetProperty("format").GetInt32() != EvidenceFile.Format)
                throw new InvalidDataException(
                    $"it is of format {manifest.GetProperty("format").GetInt32()}, and this program reads format {EvidenceFile.Format}");
        }
        catch (Exception unreadable) when (IsUnreadable(unreadable))
        {
            throw new InvalidDataException($"{EvidenceFile.Manifest} cannot be read: {unreadable.Message}", unreadable);
        }
        return check.Look(manifest, bytes, trustedKey);
    }

    /// <summary>What a person compares a key by: the SHA-256 of its DER form in hexadecimal.</summary>
    public static string FingerprintOf(AsymmetricAlgorithm key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    private List<EvidenceStatement> Look(JsonElement manifest, byte[] signed, string? trustedKey)
    {
        var statements = new List<EvidenceStatement>
        {
            new("signature", "the service whose key it is has made the file, and nobody has changed it since", Signature(manifest, signed, trustedKey)),
            new("files", "every file is there and as it was, and no other", Guard(() => Files(manifest)))
        };
        AuditCheck? audit = null;
        statements.Add(new("audit", "no row of the audit was changed, left out, added or moved", Guard(() =>
        {
            var said = manifest.GetProperty("audit");
            audit = AuditCheck.Of(Encoding.UTF8.GetString(_files[EvidenceFile.Audit]),
                said.GetProperty("rows").GetInt32(), said.GetProperty("head").GetString()!);
            return audit.Wrong;
        })));
        var rows = audit?.Rows.OrderBy(row => row.Number).ToList() ?? [];
        statements.Add(new("history", "the accepted events lead from the first state to the present one", Guard(() => History(manifest, rows))));
        statements.Add(new("content", "the content has the hash that it is said to have", Guard(Content)));
        statements.Add(new("approvals", "somebody has approved the content that counts as approved", Guard(Approvals)));
        statements.Add(new("production", "nothing went to production without an approval and a person who started it", Guard(() => Production(rows))));
        return statements;
    }

    private List<string> Signature(JsonElement manifest, byte[] signed, string? trustedKey)
    {
        if (!_files.TryGetValue(EvidenceFile.Signature, out var signature))
            return ["it is not signed: the service has no key (core:evidence:key), and anybody may have made it"];
        using var trusted = trustedKey is null ? null
            : ReadKey(trustedKey) ?? throw new ArgumentException("the key is neither an EC nor an RSA key in PEM", nameof(trustedKey));
        using var own = _files.TryGetValue(EvidenceFile.Key, out var pem) ? ReadKey(Encoding.UTF8.GetString(pem)) : null;
        if ((trusted ?? own) is not { } key)
            return [$"{EvidenceFile.Key} is missing or is no key"];
        if (!IsSigned(key, signed, signature))
            return [trusted is null || own is null || FingerprintOf(own) == FingerprintOf(trusted)
                ? $"{EvidenceFile.Manifest} is not what was signed"
                : $"it is signed with another key, {FingerprintOf(own)}"];
        return manifest.TryGetProperty("key", out var said) && said.GetProperty("fingerprint").GetString() == FingerprintOf(key)
            ? []
            : [$"{EvidenceFile.Manifest} names another key"];
    }

    private List<string> Files(JsonElement manifest)
    {
        var wrong = new List<string>(_unpacking);
        var said = manifest.GetProperty("files").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString(), StringComparer.Ordinal);
        foreach (var (name, hash) in said)
            if (!_files.TryGetValue(name, out var bytes))
                wrong.Add($"{name} is missing");
            else if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != hash)
                wrong.Add($"{name} was changed");
        foreach (var name in (string[])[EvidenceFile.Content, EvidenceFile.Approvals, EvidenceFile.Audit, EvidenceFile.Operations])
            if (!said.ContainsKey(name))
                wrong.Add($"{EvidenceFile.Manifest} does not list {name}");
        wrong.AddRange(_files.Keys.Where(name => !said.ContainsKey(name) && name is not (EvidenceFile.Manifest or EvidenceFile.Signature or EvidenceFile.Key))
            .Select(name => $"{name} does not belong to it"));
        return wrong;
    }

    private static List<string> History(JsonElement manifest, IReadOnlyList<AuditRow> rows)
    {
        var wrong = new List<string>();
        var batch = manifest.GetProperty("batch");
        var (state, version) = ((string?)"PendingApproval", 0);
        foreach (var row in rows.Where(row => row.Outcome == Accepted))
        {
            if (row.From != state)
                wrong.Add($"{row} begins in {row.From ?? "no state"}, and the batch was in {state ?? "no state"}");
            if (row.Version != version + 1)
                wrong.Add($"{row} makes version {row.Version}, and the batch had version {version}");
            (state, version) = (row.To, row.Version);
        }
        if (state != batch.GetProperty("stateName").GetString() || version != batch.GetProperty("version").GetInt32())
            wrong.Add(
                $"the events lead to {state}, version {version}; the batch is in {batch.GetProperty("stateName")}, version {batch.GetProperty("version")}");
        return wrong;
    }

    private List<string> Content()
    {
        using var content = JsonDocument.Parse(_files[EvidenceFile.Content]);
        var lines = content.RootElement.GetProperty("releases").EnumerateArray().Select(release => (Name: Word(release, "application")!, Line: ContentText.Line(
            Word(release, "application")!, Word(release, "branch")!, Word(release, "buildNumber"), Word(release, "commitId"), Word(release, "imageName"),
            Word(release, "imageTag"), Word(release, "imageDigest"), release.GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString()!))));
        var hash = ContentText.Hash(lines.OrderBy(line => line.Name, StringComparer.Ordinal).Select(line => line.Line));
        var said = Word(content.RootElement, "contentHash");
        return hash == said ? [] : [$"the hash of the releases is {hash}, and not {said}"];
    }

    private List<string> Approvals()
    {
        using var content = JsonDocument.Parse(_files[EvidenceFile.Content]);
        using var approvals = JsonDocument.Parse(_files[EvidenceFile.Approvals]);
        var votes = approvals.RootElement.GetProperty("votes").EnumerateArray().ToList();
        // Of a batch that was approved before votes were kept only the audit speaks.
        return Word(content.RootElement, "approvedContentHash") is not { } approved || votes.Count == 0
            || votes.Any(vote => Word(vote, "contentHash") == approved && Word(vote, "withdrawnAt") is null)
            ? []
            : [$"nobody's vote is for the approved content {approved}"];
    }

    private List<string> Production(IReadOnlyList<AuditRow> rows)
    {
        using var operations = JsonDocument.Parse(_files[EvidenceFile.Operations]);
        var wrong = new List<string>();
        var accepted = rows.Where(row => row.Outcome == Accepted).ToList();
        foreach (var operation in operations.RootElement.GetProperty("operations").EnumerateArray())
        {
            if (Word(operation, "stage") is not { } stage || !s_startsOfProduction.TryGetValue(stage, out var start))
                continue;
            var began = operation.GetProperty("startedAt").GetDateTimeOffset();
            var attempt = operation.GetProperty("attempt").GetInt32();
            var what = $"{Word(operation, "application")} on {Word(operation, "cluster")} ({Word(operation, "operationId")})";
            if (!accepted.Exists(row => row.Event == "approve" && row.At <= began))
                wrong.Add($"{what} was deployed without an approval");
            // The transaction of the start makes the operations before it writes its own row, so that row may be later by a moment: what tells
            // is that everything before it had been decided.
            var starts = accepted.Where(row => row.Event == start && row.Operator is not ("engine" or "deploy-system")).ToList();
            if (attempt < 1 || starts.Count < attempt || accepted.Exists(row => row.Number < starts[attempt - 1].Number && row.At > began))
                wrong.Add($"{what} was deployed without {start} of a person (attempt {attempt})");
        }
        return wrong;
    }

    /// <summary>What a check cannot read does not hold.</summary>
    private static IReadOnlyList<string> Guard(Func<IReadOnlyList<string>> look)
    {
        try
        {
            return look();
        }
        catch (Exception unreadable) when (IsUnreadable(unreadable))
        {
            return [$"it cannot be read: {unreadable.Message}"];
        }
    }

    private static bool IsUnreadable(Exception failure) => failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException;

    private static bool IsSigned(AsymmetricAlgorithm key, byte[] signed, byte[] signature)
    {
        try
        {
            return key is ECDsa curve
                ? curve.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                : ((RSA)key).VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Null for what is no public key.</summary>
    private static AsymmetricAlgorithm? ReadKey(string pem)
    {
        foreach (var key in (AsymmetricAlgorithm[])[ECDsa.Create(), RSA.Create()])
            try
            {
                key.ImportFromPem(pem);
                return key;
            }
            catch (Exception other) when (other is CryptographicException or ArgumentException)
            {
                key.Dispose();
            }
        return null;
    }

    private static string? Word(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;
}
