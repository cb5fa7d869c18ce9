using System.Globalization;

namespace AccountGrid.Silo;

/// <summary>
/// The first lines: where it listens, where its data lies, and what to try. People read them; so do programs that start
/// a silo on port 0.
/// </summary>
internal static class Banner
{
    private const string CliProject = "client/AccountGrid.Cli";

    public static async Task WriteAsync(TextWriter output, Uri http, Uri grpc, string dataDirectory)
    {
        var cli = Cli();
        var data = Quote(dataDirectory);
        var server = grpc.GetLeftPart(UriPartial.Authority);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            HTTP  {http.GetLeftPart(UriPartial.Authority)}
            gRPC  {server}
            Data  {dataDirectory}

            Try in another terminal (Ctrl+C here stops the silo):
              {cli} replay --server {server} --data {data}
              export ACCOUNTGRID_SERVER={server} ACCOUNTGRID_TOKEN=$({cli} token --as kim --roles support,approver,auditor --data {data})
              {cli} account list
            """));
        await output.FlushAsync();
    }

    /// <summary>
    /// The command that can be pasted: <c>dotnet run</c> where the working directory is a checkout, else the installed
    /// command.
    /// </summary>
    private static string Cli() => Directory.Exists(CliProject) ? $"dotnet run -c Release --project {CliProject} --" : "accountgrid";

    private static string Quote(string path) => path.All(static c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c, StringComparison.Ordinal)) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
