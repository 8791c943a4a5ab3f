using System.IO.Compression;
using System.Text.Json;

namespace DevopsCd.Cli.Tests;

public sealed class Evidence_by_the_command_line(EmbeddedHost host) : IClassFixture<EmbeddedHost>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devopscd-cli-evidence-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Is_kept_as_a_file_and_checked_without_a_service()
    {
        using var cli = host.Cli();
        using var offline = new Cli();
        var (batch, file) = (await host.BatchAsync(), Path.Combine(_folder.FullName, "evidence.zip"));

        var written = await cli.DoAsync("evidence", "get", batch, "--out", file);
        var again = await cli.RunAsync("evidence", "get", batch, "--out", file);
        var verified = await offline.RunAsync("evidence", "verify", file, "--key", host.Key);
        var unsure = await offline.RunAsync("evidence", "verify", file);

        written.ShouldBe($"{file}\n");
        (again.Exit, again.Error).ShouldSatisfyAllConditions(run => run.Exit.ShouldBe(ExitCodes.Usage), run => run.Error.ShouldContain("is there already"));
        (verified.Exit, verified.Error).ShouldBe((ExitCodes.Ok, ""));
        verified.Out.ShouldMatch("(?m)^audit +yes ");
        (unsure.Exit, unsure.Out).ShouldBe((ExitCodes.Ok, verified.Out));
        unsure.Error.ShouldContain("the key came with the file");
    }

    [Fact]
    public async Task Is_told_which_statement_does_not_hold()
    {
        using var cli = host.Cli();
        var file = Path.Combine(_folder.FullName, "evidence.zip");
        await cli.DoAsync("evidence", "get", await host.BatchAsync(), "--out", file);
        using (var zip = ZipFile.Open(file, ZipArchiveMode.Update))
            zip.GetEntry("notices.json")!.Delete();

        var run = await cli.RunAsync("evidence", "verify", file, "--key", host.Key);
        var json = await cli.RunAsync("evidence", "verify", file, "--key", host.Key, "-o", "json");

        (run.Exit, run.Error).ShouldBe((ExitCodes.Failed, "files: notices.json is missing\n"));
        run.Out.ShouldMatch("(?m)^files +no ");
        JsonDocument.Parse(json.Out).RootElement.EnumerateArray().Where(s => !s.GetProperty("holds").GetBoolean())
            .Select(s => s.GetProperty("name").GetString())
            .ShouldBe(["files"]);
    }

    [Theory]
    [InlineData("nonsense", "is no evidence", ExitCodes.Failed)]
    [InlineData(null, "Could not find file", ExitCodes.Usage)]
    public async Task Is_told_from_anything_else(string? content, string told, int exit)
    {
        using var offline = new Cli();
        var file = Path.Combine(_folder.FullName, "other.zip");
        if (content is not null)
            await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);

        var run = await offline.RunAsync("evidence", "verify", file);

        (run.Exit, run.Out).ShouldBe((exit, ""));
        run.Error.ShouldContain(told);
    }
}
