using DevopsCd.Shared;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Data.Sqlite;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_background_service_that_dies
{
    [Fact]
    public async Task Ends_the_process_with_a_code_and_a_sentence_so_that_it_is_started_again()
    {
        await using var host = await HostProcess.StartNewAsync("dies", HostSettings.Embedded());
        (await host.StopAsync()).ShouldBe(0, "an end that was asked for is a good one");
        await Break(host);

        host.Launch();

        (await host.UntilEndedAsync()).ShouldBe(BackgroundFailure.ExitCode, host.LogTail);
        await Eventually.IsTrue(() => host.LogTail.Contains("DevopsCd has ended, because ResumeAfterRestart failed:", StringComparison.Ordinal), "it says why");
        host.LogTail.ShouldContain("no such table");
    }

    /// <summary>Nobody expects a table to be missing: whoever needs it fails.</summary>
    private static async Task Break(HostProcess host)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(host.Folder, "data", "devopscd.db")};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "ALTER TABLE deployments RENAME TO deployments_of_somebody_else";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
