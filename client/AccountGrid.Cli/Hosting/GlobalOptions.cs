using System.CommandLine;

namespace AccountGrid.Cli;

/// <summary>The options that every command has.</summary>
internal sealed class GlobalOptions
{
    /// <summary>The gRPC address that a silo listens on by default.</summary>
    public const string DefaultServer = "http://127.0.0.1:5181";

    /// <summary>The data directory that a silo uses by default.</summary>
    public const string DefaultData = "./accountgrid-data";

    /// <summary><c>--server</c>.</summary>
    public Option<string?> Server { get; } = new("--server")
    {
        Description = $"The gRPC address [env: ACCOUNTGRID_SERVER] [default: {DefaultServer}]",
        HelpName = "URL",
        Recursive = true,
    };

    /// <summary><c>--token</c>.</summary>
    public Option<string?> Token { get; } = new("--token")
    {
        Description =
            "The bearer token; others on the machine can see a command line, so rather set [env: ACCOUNTGRID_TOKEN]",
        HelpName = "TOKEN",
        Recursive = true,
    };

    /// <summary><c>--json</c>.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Answers as JSON, one per line; errors too, on stderr",
        Recursive = true,
    };

    /// <summary><c>--timeout</c>.</summary>
    public Option<TimeSpan?> Timeout { get; } = new("--timeout")
    {
        Description =
            "How long one attempt of one call may take, such as 5s [default: 10s; ingest 2m, audit verify 10m]",
        HelpName = "DURATION",
        Recursive = true,
        CustomParser = Parsers.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(24)),
    };

    /// <summary><c>--data</c>.</summary>
    public Option<string?> Data { get; } = new("--data")
    {
        Description = "The silo's data directory, where its development key lies; for token, replay, export and import "
            + $"[default: {DefaultData}]",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>Adds them all.</summary>
    public void AddTo(Command root)
    {
        root.Options.Add(Server);
        root.Options.Add(Token);
        root.Options.Add(Json);
        root.Options.Add(Timeout);
        root.Options.Add(Data);
    }
}
