using System.Security.Cryptography;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Evidence;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Shared;
using DevopsCd.Shared.Evidence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Evidence;

/// <summary>Evidence of ended batches as files, and operations that are removed after that.</summary>
public sealed class An_archive : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devopscd-archive-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Takes_each_batch_once_and_some_time_after_its_end(string database)
    {
        await using var engine = await Start(database);
        var ended = await engine.AcceptedBatch("api", "worker");
        var open = await engine.Batch("other");
        var archive = engine.Services.GetRequiredService<EvidenceArchive>();

        (await archive.ArchiveAsync(default)).ShouldBe(0);
        engine.Clock.Advance(TimeSpan.FromDays(8));
        (await archive.ArchiveAsync(default)).ShouldBe(1);
        (await archive.ArchiveAsync(default)).ShouldBe(0);

        var file = _folder.GetFiles("*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        file.FullName.ShouldBe(Path.Combine(_folder.FullName, "2026", $"evidence-{ended.BatchNumber}.zip"));
        await using var zip = file.OpenRead();
        EvidenceCheck.Of(zip, null).Where(s => !s.Holds).Select(s => s.Name).ShouldBe(["signature"], "the service has no key");
        var row = (await engine.Read(db => db.Set<ArchivedBatch>().ToListAsync())).ShouldHaveSingleItem();
        row.ShouldSatisfyAllConditions(
            r => r.BatchId.ShouldBe(ended.Id),
            r => r.BatchId.ShouldNotBe(open.Id),
            r => r.Operations.ShouldBe(4),
            r => r.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName)))));
    }

    [Fact]
    public async Task Writes_again_what_a_crash_has_left_half_done()
    {
        await using var engine = await Start("sqlite");
        var batch = await engine.AcceptedBatch("api", "worker");
        engine.Clock.Advance(TimeSpan.FromDays(8));
        var file = Path.Combine(_folder.CreateSubdirectory("2026").FullName, $"evidence-{batch.BatchNumber}.zip");
        await File.WriteAllTextAsync(file, "half", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync($"{file}.part", "half", TestContext.Current.CancellationToken);

        (await engine.Services.GetRequiredService<EvidenceArchive>().ArchiveAsync(default)).ShouldBe(1);

        _folder.GetFiles("*", SearchOption.AllDirectories).ShouldHaveSingleItem().Length.ShouldBeGreaterThan(1000);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Has_what_retention_removes(string database)
    {
        await using var engine = await Start(database, ("retention:operations", "30d"));
        var batch = await engine.AcceptedBatch("api", "worker");
        var live = await engine.AcceptedBatch("web");
        var cleaning = engine.Services.GetRequiredService<OldRows<Deployment>>();
        engine.Clock.Advance(TimeSpan.FromDays(31));

        (await cleaning.CleanAsync(default)).ShouldBe(0, "nothing is archived yet");
        await engine.Services.GetRequiredService<EvidenceArchive>().ArchiveAsync(default);
        var before = await Find(engine, batch);
        (await cleaning.CleanAsync(default)).ShouldBe(6);

        (await engine.Read(db => db.Deployments.CountAsync())).ShouldBe(0);
        var file = await File.ReadAllBytesAsync(FileOf(batch), TestContext.Current.CancellationToken);
        (await Find(engine, batch)).Content.ShouldBe(file);
        before.Content.ShouldNotBe(file, "as long as everything is stored, the evidence is of now");
        (await engine.Read(db => db.Set<LiveVersion>().CountAsync(v => v.BatchId == live.Id))).ShouldBe(2, "what runs where is known all the same");
    }

    [Fact]
    public async Task Says_when_it_alone_has_the_operations_and_its_file_is_gone_or_changed()
    {
        await using var engine = await Start("sqlite", ("retention:operations", "30d"));
        var batch = await engine.AcceptedBatch("api", "worker");
        engine.Clock.Advance(TimeSpan.FromDays(31));
        await engine.Services.GetRequiredService<EvidenceArchive>().ArchiveAsync(default);
        await engine.Services.GetRequiredService<OldRows<Deployment>>().CleanAsync(default);

        await File.AppendAllTextAsync(FileOf(batch), "x", TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<ArchiveUnreadableException>(() => Find(engine, batch))).Message.ShouldContain("is not the file that was written");
        File.Delete(FileOf(batch));
        (await Should.ThrowAsync<ArchiveUnreadableException>(() => Find(engine, batch))).Message.ShouldContain($"evidence-{batch.BatchNumber}.zip cannot be read");
    }

    [Theory]
    [InlineData("retention:operations", "30d", "core:retention:operations", "needs core:archive:folder")]
    [InlineData("archive:folder", "archive", "core:archive:folder", "must be an absolute path")]
    [InlineData("archive:folder", "/dev/null/archive", "core:archive:folder", "must be a folder that can be written to")]
    [InlineData("archive:after", "5m", "core:archive:after", "must be 1h to 3650d")]
    public async Task Needs_a_place_that_it_can_write_to(string key, string value, string named, string allowed)
    {
        var wrong = await Should.ThrowAsync<WrongConfigurationException>(() => Engine.Start("sqlite", (key, value)));

        wrong.Message.ShouldSatisfyAllConditions(message => message.ShouldContain(named), message => message.ShouldContain(allowed));
    }

    private Task<Engine> Start(string database, params (string Key, string Value)[] more) =>
        Engine.Start(database, [("archive:folder", _folder.FullName), ("archive:after", "7d"), .. more]);

    private string FileOf(Batch batch) => Path.Combine(_folder.FullName, "2026", $"evidence-{batch.BatchNumber}.zip");

    private static async Task<EvidencePackage> Find(Engine engine, Batch batch) =>
        (await engine.Do<EvidenceBook, EvidencePackage?>(book => book.FindAsync(batch.Id, "user:auditor", default)))!;
}
