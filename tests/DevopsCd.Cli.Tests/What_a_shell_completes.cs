namespace DevopsCd.Cli.Tests;

public sealed class What_a_shell_completes
{
    [Theory]
    [InlineData("bash", "complete -o default -F _devopscd devopscd")]
    [InlineData("zsh", "#compdef devopscd")]
    [InlineData("fish", "complete -f -c devopscd")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Is_asked_of_the_command_line_itself(string shell, string line)
    {
        using var cli = new Cli();

        (await cli.DoAsync("completion", shell)).ShouldContain(line);
    }

    [Theory]
    [InlineData("devopscd batch ", "start-prod")]
    [InlineData("devopscd comp", "completion")]
    [InlineData("devopscd batch list -o ", "json")]
    public async Task Is_commands_options_and_their_values(string line, string suggested)
    {
        using var cli = new Cli();

        (await cli.DoAsync($"[suggest:{line.Length}]", line)).Split('\n').ShouldContain(suggested);
    }
}
