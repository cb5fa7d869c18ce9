using System.CommandLine;
using System.Text.Json.Nodes;

namespace AccountGrid.Cli.Commands;

/// <summary><c>token</c>: makes a token from a silo's development key. The one command that prints a token.</summary>
internal static class TokenCommand
{
    private const int LongestName = 128;

    public static Command Create(CommandFactory factory)
    {
        var name = NewName();
        var roles = new Option<string[]>("--roles")
        {
            Description = $"What it allows: {string.Join(", ", DevelopmentKey.Roles)}",
            HelpName = "ROLE,...",
            Required = true,
            CustomParser = result =>
                [.. Parsers.Words(result).Select(r => r.ToLowerInvariant()).Distinct(StringComparer.Ordinal)],
        };
        var ttl = new Option<TimeSpan?>("--ttl")
        {
            Description = "How long it holds, up to 30d",
            HelpName = "DURATION",
            CustomParser = Parsers.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
            DefaultValueFactory = _ => TimeSpan.FromHours(1),
        };
        roles.CompletionSources.Add([.. DevelopmentKey.Roles]);
        return factory.New(
            "token",
            "Makes a token from the development key that a silo on loopback keeps in its data directory.",
            (run, _) =>
            {
                var wanted = run.Get(roles) ?? [];
                if (wanted.FirstOrDefault(r => !DevelopmentKey.Roles.Contains(r)) is { } unknown)
                {
                    throw CliException.Usage(
                        $"--roles: '{unknown}' is none of {string.Join(", ", DevelopmentKey.Roles)}.");
                }

                using var key = DevelopmentKey.Load(run.DataDirectory);
                if (key.IsExposed)
                {
                    run.Output.Warn($"{key.Path} can be read by others on this machine: chmod 600 it.");
                }

                var now = run.Clock.GetUtcNow();
                var lifetime = run.Get(ttl)!.Value;
                var token = key.Mint(run.Get(name)!, wanted, now, lifetime);
                if (run.Output.IsJson)
                {
                    var json = new JsonObject { ["token"] = token, ["expiresAt"] = (now + lifetime).UtcDateTime };
                    run.Output.JsonLine(json.ToJsonString());
                }
                else
                {
                    run.Output.Raw(token);
                }

                return Task.FromResult(ExitCode.Ok);
            },
            name, roles, ttl);
    }

    private static Option<string> NewName()
    {
        var name = new Option<string>("--as")
        {
            Description = "The subject that it names",
            HelpName = "NAME",
            Required = true,
        };
        name.Validators.Add(result =>
        {
            var text = result.Tokens[^1].Value;
            if (text.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(text[0])
                || !text.All(
                    static c => char.IsAsciiLetterOrDigit(c) || ".-_@:|+".Contains(c, StringComparison.Ordinal)))
            {
                result.AddError(
                    "--as: must be 1 to 128 characters of A-Z a-z 0-9 . _ - @ : | + beginning with a letter or digit.");
            }
        });
        return name;
    }
}
