using System.CommandLine;

namespace AccountGrid.Cli.Commands;

/// <summary><c>completion</c>: prints a script that lets a shell complete commands by asking this program.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # accountgrid completion for bash: eval "$(accountgrid completion bash)"
        _accountgrid() {
          local IFS=$'\n' current="${COMP_WORDS[COMP_CWORD]}" word
          COMPREPLY=()
          while read -r word; do
            [[ "$word" == "$current"* ]] && COMPREPLY+=("$word")
          done < <(accountgrid "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
        }
        complete -o default -F _accountgrid accountgrid
        """;

    private const string Zsh = """
        # accountgrid completion for zsh: eval "$(accountgrid completion zsh)"
        _accountgrid() {
          local -a suggestions
          suggestions=("${(@f)$(accountgrid "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a suggestions
          (( ${#suggestions} )) || _files
        }
        compdef _accountgrid accountgrid
        """;

    private const string Fish = """
        # accountgrid completion for fish: accountgrid completion fish | source
        function __accountgrid_complete
          set -l line (commandline -cp)
          accountgrid "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c accountgrid -a '(__accountgrid_complete)'
        """;

    public static Command Create(CommandFactory factory)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return factory.New(
            "completion",
            "Prints a completion script for a shell.",
            (run, _) =>
            {
                run.Output.Raw(run.Get(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
                return Task.FromResult(ExitCode.Ok);
            },
            shell);
    }
}
