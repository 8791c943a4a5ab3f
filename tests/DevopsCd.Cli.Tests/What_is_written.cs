using System.Text.Json;

namespace DevopsCd.Cli.Tests;

public sealed class What_is_written(EmbeddedHost host) : IClassFixture<EmbeddedHost>
{
    [Fact]
    public async Task As_json_is_the_body_of_the_API()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync();
        var id = JsonDocument.Parse(await cli.DoAsync("batch", "show", batch, "-o", "json")).RootElement.GetProperty("id").GetInt64();

        var written = await cli.DoAsync("batch", "show", batch, "-o", "json");

        written.Trim().ShouldBe(await host.Process.Http.GetStringAsync($"api/v1/batches/{id}", TestContext.Current.CancellationToken));
        (await cli.DoAsync("api", "GET", $"batches/{id}")).ShouldBe(written);
    }

    [Fact]
    public async Task As_yaml_is_the_same_and_quoted_where_it_could_be_read_otherwise()
    {
        using var cli = host.Cli();
        var app = await host.ApplicationAsync();
        var batch = (await cli.DoAsync("batch", "create", "-t", "yes", "-a", app, "-o", "name")).Trim();

        var written = await cli.DoAsync("batch", "show", batch, "-o", "yaml");

        written.ShouldContain("title: \"yes\"\n");
        written.ShouldContain("state: 0\n");
        written.ShouldContain($"- application: {app}\n");
    }

    [Fact]
    public async Task As_names_is_one_a_line()
    {
        using var cli = host.Cli();

        var names = await cli.DoAsync("app", "list", "-q", "shop", "-o", "name");

        names.ShouldBe("web-shop\n");
    }

    [Fact]
    public async Task As_a_table_is_in_lines_without_colour_and_without_spaces_at_their_ends()
    {
        using var cli = host.Cli();

        var lines = (await cli.DoAsync("app", "list")).TrimEnd('\n').Split('\n');

        lines[0].ShouldStartWith("NAME ");
        lines.ShouldAllBe(line => line == line.TrimEnd() && !line.Contains('\u001b'));
        lines.ShouldContain(line => line.StartsWith("web-shop ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Holds_no_control_characters_that_somebody_has_put_into_a_title()
    {
        using var cli = host.Cli();
        var batch = (await cli.DoAsync("batch", "create", "-t", "a\u001b[31m red", "-a", await host.ApplicationAsync(), "-o", "name")).Trim();

        (await cli.DoAsync("batch", "show", batch)).ShouldNotContain('\u001b');
    }

    [Fact]
    public async Task Goes_to_standard_output_only_where_it_is_data()
    {
        using var cli = host.Cli();

        var listed = await cli.RunAsync("batch", "list", "--limit", "1");
        var wrong = await cli.RunAsync("batch", "list", "--limit", "0");

        listed.Out.ShouldNotContain("--cursor");
        (wrong.Exit, wrong.Out).ShouldBe((ExitCodes.Usage, ""));
        wrong.Error.ShouldContain("limit: must be between 1 and 200");
    }
}
