using System.CommandLine;

namespace DevopsCd.Cli.Commands;

/// <summary><c>completion</c>: a few lines for a shell, which ask the command line itself what may follow.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _devopscd() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(devopscd "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _devopscd devopscd
        """;

    private const string Zsh =
        """
        #compdef devopscd
        _devopscd() {
          local -a found
          found=("${(@f)$(devopscd "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -- $found
        }
        compdef _devopscd devopscd
        """;

    private const string Fish =
        """
        complete -f -c devopscd -a '(devopscd "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    private const string PowerShell =
        """
        Register-ArgumentCompleter -Native -CommandName devopscd -ScriptBlock {
          param($word, $line, $position)
          devopscd "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
            ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    public static Command Of(CommandSet set)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        return set.Runs(new CliCommand("completion", "Print what makes a shell complete commands", "source <(devopscd completion bash)",
            "devopscd completion fish >~/.config/fish/completions/devopscd.fish")
            .Takes(shell), (session, parsed, _) => session.Around.Out.WriteLineAsync(parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                _ => PowerShell
            }));
    }
}
