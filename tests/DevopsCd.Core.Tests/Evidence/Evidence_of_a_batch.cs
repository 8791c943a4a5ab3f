using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Evidence;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Shared;
using DevopsCd.Shared.Evidence;

namespace DevopsCd.Core.Tests.Evidence;

/// <summary>§11.</summary>
public sealed class Evidence_of_a_batch : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devopscd-evidence-");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory, InlineData("postgres", false), InlineData("sqlite", true)]
    public async Task Holds_in_everything_it_states(string database, bool isRsa)
    {
        using var rsa = RSA.Create(2048);
        AsymmetricAlgorithm key = isRsa ? rsa : _key;
        await using var engine = await Engine.Start(database, ("evidence:key", KeyFile(key, "open sesame")), ("evidence:key_password", "open sesame"));
        var batch = await engine.AcceptedBatch("api", "web");

        var made = await Make(engine, batch);

        made.Name.ShouldBe($"evidence-{batch.BatchNumber}.zip");
        var statements = Check(made.Content, key.ExportSubjectPublicKeyInfoPem());
        statements.Where(s => !s.Holds).Select(s => $"{s.Name}: {string.Join("; ", s.Failures)}").ShouldBeEmpty();
        statements.Select(s => s.Name).ShouldBe(["signature", "files", "audit", "history", "content", "approvals", "production"]);
        Json(made.Content, EvidenceFile.Content).ShouldSatisfyAllConditions(
            content => Text(content, "contentHash").ShouldBe(batch.ApprovedContentHash),
            content => content["releases"]!.AsArray().Select(r => Text(r!, "application")).ShouldBe(["api", "web"]));
        Json(made.Content, EvidenceFile.Approvals)["votes"]!.AsArray().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            vote => (Text(vote!, "by"), Text(vote!, "contentHash")).ShouldBe((Engine.Person, batch.ApprovedContentHash!)));
        Json(made.Content, EvidenceFile.Operations)["operations"]!.AsArray().Count.ShouldBe(4);
        Json(made.Content, EvidenceFile.LiveVersions).ShouldSatisfyAllConditions(
            live => live["before"]!.AsArray().ShouldBeEmpty(),
            live => live["now"]!.AsArray().Count.ShouldBe(4),
            live => Text(live["now"]![0]!, "batchNumber").ShouldBe(batch.BatchNumber));
        (await Make(engine, batch)).Tag.ShouldBe(made.Tag);
    }

    [Fact]
    public async Task Says_what_ran_before_the_batch()
    {
        await using var engine = await Engine.Start();
        var first = await engine.AcceptedBatch("api");
        await engine.Build("api", "2");
        var second = await engine.AcceptedBatch("api");

        var live = Json((await Make(engine, second)).Content, EvidenceFile.LiveVersions);

        live["before"]!.AsArray().Select(r => (Text(r!, "stage"), Text(r!, "image"), Text(r!, "batchNumber"))).ShouldBe(
            [("pre", "registry.example/api:1.0.1", first.BatchNumber), ("prod", "registry.example/api:1.0.1", first.BatchNumber)]);
        live["now"]!.AsArray().Select(r => (Text(r!, "stage"), Text(r!, "image"), Text(r!, "batchNumber"))).ShouldBe(
            [("pre", "registry.example/api:1.0.2", second.BatchNumber), ("prod", "registry.example/api:1.0.2", second.BatchNumber)]);
    }

    [Fact]
    public async Task Is_the_services_own_only_with_its_signature()
    {
        await using var engine = await Engine.Start("sqlite", ("evidence:key", KeyFile(_key)));
        var made = (await Make(engine, await engine.Batch("api"))).Content;
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Failing(made, null).ShouldBeEmpty();
        Failing(made, other.ExportSubjectPublicKeyInfoPem()).ShouldBe([("signature", $"it is signed with another key, {EvidenceCheck.FingerprintOf(_key)}")]);
        Failing(With(made, EvidenceFile.Signature, null), null).ShouldHaveSingleItem().Failure.ShouldContain("it is not signed");
        // Somebody else makes it anew, with a key of their own: nothing but the comparison of the keys shows it.
        var renamed = Edit(made, m => m["key"]!["fingerprint"] = EvidenceCheck.FingerprintOf(other));
        var forged = With(With(With(made, EvidenceFile.Manifest, renamed), EvidenceFile.Key,
            Encoding.ASCII.GetBytes(other.ExportSubjectPublicKeyInfoPem())), EvidenceFile.Signature, null);
        forged = With(forged, EvidenceFile.Signature,
            other.SignData(File(forged, EvidenceFile.Manifest)!, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Failing(forged, null).ShouldBeEmpty();
        Failing(forged, _key.ExportSubjectPublicKeyInfoPem()).ShouldHaveSingleItem().Failure.ShouldStartWith("it is signed with another key");
        Should.Throw<ArgumentException>(() => Check(made, "no key"));
    }

    [Fact]
    public async Task Names_each_file_that_is_not_as_it_was()
    {
        await using var engine = await Engine.Start("sqlite", ("evidence:key", KeyFile(_key)));
        var made = (await Make(engine, await engine.AcceptedBatch("api", "web"))).Content;

        foreach (var name in (string[])
            [
                EvidenceFile.Content, EvidenceFile.Approvals, EvidenceFile.Gates, EvidenceFile.Audit, EvidenceFile.Operations, EvidenceFile.Notices, EvidenceFile.LiveVersions
            ])
        {
            Failing(With(made, name, null), null).ShouldContain(("files", $"{name} is missing"));
            Failing(With(made, name, [.. File(made, name)!, (byte)'\n']), null).ShouldContain(("files", $"{name} was changed"));
        }
        Failing(With(made, "more.txt", [1]), null).ShouldBe([("files", "more.txt does not belong to it")]);
        Failing(With(made, EvidenceFile.Manifest, Edit(made, m => m["madeBy"] = "user:eve")), null)
            .ShouldBe([("signature", "evidence.json is not what was signed")]);
        Should.Throw<InvalidDataException>(() => Check([1, 2, 3], null));
        Should.Throw<InvalidDataException>(() => Check(With(made, EvidenceFile.Manifest, null), null)).Message.ShouldContain("has no evidence.json");
        Should.Throw<InvalidDataException>(() => Check(With(made, EvidenceFile.Manifest, Edit(made, m => m["format"] = 2)), null))
            .Message.ShouldContain("format 2");
    }

    /// <summary>What the service itself would have to answer for: the signature is right, and the statement is not.</summary>
    [Theory]
    [InlineData("content", EvidenceFile.Content, "imageTag", "9.9.9", "the hash of the releases is")]
    [InlineData("approvals", EvidenceFile.Approvals, "contentHash", "0000", "nobody's vote is for the approved content")]
    [InlineData("production", EvidenceFile.Operations, "startedAt", "2020-01-01T00:00:00Z", "was deployed without an approval")]
    [InlineData("history", EvidenceFile.Manifest, "stateName", "Cancelled", "the events lead to FinalAccepted, version")]
    public async Task Names_the_statement_that_does_not_hold(string statement, string file, string member, string value, string told)
    {
        await using var engine = await Engine.Start("sqlite", ("evidence:key", KeyFile(_key)));
        var made = (await Make(engine, await engine.AcceptedBatch("api", "web"))).Content;

        var changed = With(made, file, Edit(made, json => Set(json, member, value), file));
        if (file != EvidenceFile.Manifest)
            changed = With(changed, EvidenceFile.Manifest,
                Edit(changed, m => m["files"]![file] = Convert.ToHexStringLower(SHA256.HashData(File(changed, file)!))));
        changed = With(changed, EvidenceFile.Signature,
            _key.SignData(File(changed, EvidenceFile.Manifest)!, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

        Failing(changed, null).ShouldAllBe(failing => failing.Statement == statement);
        Failing(changed, null).ShouldContain(failing => failing.Failure.Contains(told, StringComparison.Ordinal));
    }

    /// <summary>Between the operations of a stage and the audit row of its start some time passes, though they are one transaction.</summary>
    [Fact]
    public async Task Holds_while_the_clock_goes_on()
    {
        await using var engine = await Engine.Start();
        engine.Clock.AutoAdvanceAmount = TimeSpan.FromMilliseconds(1);
        var batch = await engine.AcceptedBatch("api", "web");

        Check((await Make(engine, batch)).Content, null).Single(s => s.Name == "production").Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_an_attempt_that_nobody_started()
    {
        await using var engine = await Engine.Start();
        var made = (await Make(engine, await engine.AcceptedBatch("api", "web"))).Content;

        var changed = With(made, EvidenceFile.Operations, Edit(made, json => SetNumber(json, "attempt", 2), EvidenceFile.Operations));

        Check(changed, null).Single(s => s.Name == "production").Failures.ShouldContain(
            failure => failure.EndsWith("was deployed without start_prod_deploy of a person (attempt 2)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("absent", "must be a readable file")]
    [InlineData("public", "private key")]
    [InlineData("nonsense", "must be a readable file with an EC or RSA private key in PEM")]
    [InlineData("locked", "must be a readable file with an EC or RSA private key in PEM")]
    public async Task Needs_a_key_that_can_sign(string kind, string told)
    {
        var file = Path.Combine(_folder.FullName, "key.pem");
        if (kind != "absent")
            await System.IO.File.WriteAllTextAsync(file, kind switch
            {
                "public" => _key.ExportSubjectPublicKeyInfoPem(),
                "locked" => Locked(_key, "another password"),
                _ => "nonsense"
            }, TestContext.Current.CancellationToken);

        var password = kind == "locked" ? "open sesame" : "";
        var wrong = await Should.ThrowAsync<WrongConfigurationException>(
            () => Engine.Start("sqlite", ("evidence:key", file), ("evidence:key_password", password)));

        wrong.Message.ShouldSatisfyAllConditions(message => message.ShouldContain("core:evidence:key"), message => message.ShouldContain(told),
            message => message.ShouldNotContain("open sesame"));
    }

    private static async Task<EvidencePackage> Make(Engine engine, Batch batch) =>
        (await engine.Do<EvidenceBook, EvidencePackage?>(b => b.FindAsync(batch.Id, "user:auditor", default)))!;

    private static IReadOnlyList<EvidenceStatement> Check(byte[] zip, string? key) => EvidenceCheck.Of(new MemoryStream(zip), key);

    private static List<(string Statement, string Failure)> Failing(byte[] zip, string? key) =>
        [.. Check(zip, key).SelectMany(s => s.Failures.Select(failure => (s.Name, failure)))];

    private string KeyFile(AsymmetricAlgorithm key, string? password = null)
    {
        var file = Path.Combine(_folder.FullName, $"{Guid.NewGuid()}.pem");
        System.IO.File.WriteAllText(file, password is null ? key.ExportPkcs8PrivateKeyPem() : Locked(key, password));
        return file;
    }

    private static string Locked(AsymmetricAlgorithm key, string password) =>
        key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

    private static byte[]? File(byte[] zip, string name)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        if (archive.GetEntry(name) is not { } entry)
            return null;
        using var content = entry.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] With(byte[] zip, string name, byte[]? content)
    {
        var changed = new MemoryStream();
        changed.Write(zip);
        using (var archive = new ZipArchive(changed, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry(name)?.Delete();
            if (content is not null)
            {
                using var written = archive.CreateEntry(name).Open();
                written.Write(content);
            }
        }
        return changed.ToArray();
    }

    private static JsonNode Json(byte[] zip, string name) => JsonNode.Parse(File(zip, name)!)!;

    private static byte[] Edit(byte[] zip, Action<JsonNode> edit, string file = EvidenceFile.Manifest)
    {
        var json = Json(zip, file);
        edit(json);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    /// <summary>Wherever the member stands.</summary>
    private static void Set(JsonNode json, string member, string value)
    {
        if (json is JsonObject members)
        {
            if (members.ContainsKey(member))
                members[member] = value;
            foreach (var (_, below) in members.ToList())
                if (below is not null)
                    Set(below, member, value);
        }
        else if (json is JsonArray items)
            foreach (var item in items)
                Set(item!, member, value);
    }

    private static void SetNumber(JsonNode operations, string member, int value)
    {
        foreach (var operation in operations["operations"]!.AsArray())
            operation![member] = value;
    }

    private static string? Text(JsonNode node, string member) => node[member]?.GetValue<string>();
}
