using System.CommandLine;
using Grpc.Health.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>health</c>: whether the server takes requests. Needs no token.</summary>
internal static class HealthCommand
{
    public static Command Create(CommandFactory factory) => factory.New(
        "health",
        "Whether the server takes requests. Needs no token. Exit code 6: it does not.",
        async (run, cancellationToken) =>
        {
            var answer = await run.Anonymous.CheckHealthAsync(cancellationToken);
            var serves = answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
            run.Output.Answer(answer, console => console.Write(Tables.Facts(
                ("Server", Show.Text(run.ServerAsked ?? GlobalOptions.DefaultServer)),
                ("Status", serves ? "[green]SERVING[/]" : $"[red]{Show.Name(answer.Status)}[/]"))));
            return serves ? ExitCode.Ok : ExitCode.Unavailable;
        });
}
