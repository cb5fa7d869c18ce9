using System.Globalization;

namespace AccountGrid.Silo;

/// <summary>
/// The first lines: where it listens, where its data lies, and what to try. People read them; so do programs that start
/// a silo on port 0.
/// </summary>
internal static class Banner
{
    private const string CliProject = "client/AccountGrid.Cli";

    public static async Task WriteAsync(
        TextWriter output, Uri http, Uri grpc, string dataDirectory, bool needsFounders)
    {
        var data = Quote(dataDirectory);
        var server = grpc.GetLeftPart(UriPartial.Authority);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            HTTP  {http.GetLeftPart(UriPartial.Authority)}
            gRPC  {server}
            Data  {dataDirectory}

            Try in another terminal (Ctrl+C here stops the silo):
            {Installation()}  accountgrid replay --server {server} --data {data}
              export ACCOUNTGRID_SERVER={server} ACCOUNTGRID_TOKEN=$(accountgrid token --as kim --roles support,approver,auditor --data {data})
              accountgrid account list
            """));
        if (needsFounders)
        {
            await output.WriteLineAsync("""

                No operator is enrolled yet, so that no account can be taken down or restored by staff. Name the
                first admins, at least two people, by the subjects of their tokens and start again:
                  AccountGrid__Operators__Founders__0=ann AccountGrid__Operators__Founders__1=bob
                Each of them then proposes operators, and the other one approves: accountgrid operator enroll
                """);
        }

        await output.FlushAsync();
    }

    /// <summary>
    /// The lines that make <c>accountgrid</c> a command of that terminal, as the README has them, where the working
    /// directory is a checkout; nothing elsewhere, because there it is installed.
    /// </summary>
    private static string Installation() => !Directory.Exists(CliProject) ? "" :
        $"""
          dotnet build -c Release {CliProject}
          alias accountgrid="dotnet '$PWD/{CliProject}/bin/Release/net10.0/accountgrid.dll'"

        """;

    private static string Quote(string path) =>
        path.All(static c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
