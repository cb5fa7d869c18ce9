using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.Json.Nodes;
using AccountGrid.Cli.Commands;
using AccountGrid.Cli.Replay;
using AccountGrid.Cli.Traces;

namespace AccountGrid.Cli;

/// <summary>The command tree, and the one place where what happened becomes an exit code.</summary>
internal static class CliApplication
{
    /// <summary>Runs one command line and answers its exit code.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, CliHost host, CancellationToken cancellationToken = default)
    {
        var root = BuildRoot(host);

        // No response files: a note may begin with @.
        var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration
        {
            Output = host.Out,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = host.HandlesSignals ? CliHost.StopWithin : null,
        };
        if (parse.Action is ParseErrorAction action)
        {
            return await RefuseAsync(parse, action, configuration);
        }

        return await parse.InvokeAsync(configuration, cancellationToken);
    }

    /// <summary>The command tree.</summary>
    public static RootCommand BuildRoot(CliHost host)
    {
        var globals = new GlobalOptions();
        var root = new RootCommand("AccountGrid: who may take an account down, and how many followers it shows.");
        globals.AddTo(root);
        var commands = new CommandFactory(host, globals);
        root.Subcommands.Add(AccountCommands.Create(commands));
        root.Subcommands.Add(IncidentCommand.Create(commands));
        root.Subcommands.Add(FollowCommands.Follow(commands));
        root.Subcommands.Add(FollowCommands.Unfollow(commands));
        root.Subcommands.Add(IngestCommand.Create(commands));
        root.Subcommands.Add(ProposalCommands.Create(commands));
        root.Subcommands.Add(OperatorCommands.Create(commands));
        root.Subcommands.Add(ServiceCommands.Create(commands));
        root.Subcommands.Add(BrakeCommands.Create(commands));
        root.Subcommands.Add(PolicyCommands.Create(commands));
        root.Subcommands.Add(AuditCommands.Create(commands));
        root.Subcommands.Add(TraceCommand.Create(commands));
        root.Subcommands.Add(WatchCommand.Create(commands));
        root.Subcommands.Add(HealthCommand.Create(commands));
        root.Subcommands.Add(TokenCommand.Create(commands));
        root.Subcommands.Add(CompletionCommand.Create(commands));
        root.Subcommands.Add(ReplayCommand.Create(commands));
        root.Subcommands.Add(TransferCommands.Export(commands));
        root.Subcommands.Add(TransferCommands.Import(commands));
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        }

        return root;
    }

    // Standard output is for answers only: suggestions for a mistyped word go with the errors.
    private static async Task<int> RefuseAsync(
        ParseResult parse, ParseErrorAction action, InvocationConfiguration configuration)
    {
        if (parse.Tokens.Any(t => t.Value == "--json"))
        {
            var error = new JsonObject { ["message"] = string.Join(" ", parse.Errors.Select(e => e.Message)) };
            await configuration.Error.WriteLineAsync(new JsonObject { ["error"] = error }.ToJsonString());
            return (int)ExitCode.Usage;
        }

        action.ShowHelp = false;
        configuration.Output = configuration.Error;
        await parse.InvokeAsync(configuration, CancellationToken.None);
        return (int)ExitCode.Usage;
    }

    private sealed class HelpWithExitCodes(HelpAction inner) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var exit = inner.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Exit codes:");
            foreach (var (code, means) in ExitCodes.Documented)
            {
                output.WriteLine($"  {(int)code,3}  {means}");
            }

            return exit;
        }
    }
}
