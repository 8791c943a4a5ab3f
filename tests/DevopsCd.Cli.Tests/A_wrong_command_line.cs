namespace DevopsCd.Cli.Tests;

public sealed class A_wrong_command_line
{
    [Theory]
    [InlineData("batch", "aprove", "42")]
    [InlineData("batch", "show")]
    [InlineData("batch", "show", "42", "--nothing")]
    [InlineData("batch", "list", "-o", "xml")]
    [InlineData("batch", "watch", "42", "--timeout", "soon")]
    [InlineData("completion", "tcsh")]
    [InlineData("api", "BREW", "coffee", "--server", "http://127.0.0.1:1")]
    [InlineData("whoami")]
    [InlineData("whoami", "--server", "cd.example")]
    [InlineData("build", "report", "--app", "a", "--number", "1", "--branch", "main", "--commit", "c", "--image", "registry:5000/app", "--server",
        "http://127.0.0.1:1")]
    public async Task Ends_with_2_and_says_what_is_wrong(params string[] arguments)
    {
        using var cli = new Cli();

        var run = await cli.RunAsync(arguments);

        (run.Exit, run.Out).ShouldBe((ExitCodes.Usage, ""), run.Error);
        run.Error.Length.ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("'aprove' is not known here; did you mean approve?", "batch", "aprove", "42")]
    [InlineData("'--titel' is not known here; did you mean --title?", "batch", "create", "--titel", "x")]
    [InlineData("'x' is not known here", "version", "x")]
    [InlineData("BATCH is missing", "batch", "show")]
    [InlineData("--title is missing", "batch", "create")]
    [InlineData("--timeout takes a value", "batch", "watch", "42", "--timeout")]
    [InlineData("say which: list, use", "context")]
    public async Task Is_told_by_the_name_of_what_is_missing_or_unknown(string said, params string[] arguments)
    {
        using var cli = new Cli();

        var error = (await cli.RunAsync(arguments)).Error;

        error.ShouldStartWith(said);
        error.ShouldContain("--help'");
    }

    [Fact]
    public async Task Is_not_read_from_a_file_by_an_at_sign()
    {
        using var cli = new Cli();

        (await cli.RunAsync("batch", "show", "@/etc/hostname")).Error.ShouldContain("no service is named");
    }
}
