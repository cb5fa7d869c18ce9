using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AccountGrid.Testing;

namespace AccountGrid.ForeignClients.Tests;

/// <summary>
/// A silo with a few accounts that load generators drive, and what they need. It and they are nice, so that whatever is
/// tested beside them has its turn.
/// </summary>
public sealed partial class LoadedSilo : IAsyncLifetime
{
    private readonly TempDirectory _files = new();
    private SiloProcess? _silo;

    /// <summary>The accounts, ascending.</summary>
    public IReadOnlyList<long> Accounts { get; } = [.. Enumerable.Range(1, 100).Select(static i => (long)i)];

    /// <summary>Who answers.</summary>
    public SiloProcess Silo => _silo!;

    /// <summary>What every request carries.</summary>
    public string Authorization => $"Authorization: Bearer {Silo.Token("shop", "service")}";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!IsThere("h2load") && !IsThere("wrk"))
        {
            return;
        }

        _silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                Launcher = ["nice", "-n", "5"],
                StartTimeout = TimeSpan.FromMinutes(2),
                AsInProduction = true,

                // One service takes accounts down as fast as it can.
                Environment = new Dictionary<string, string>
                {
                    ["ACCOUNTGRID__OPERATORS__SERVICEMAXHARMS"] = "100000000",
                    ["ACCOUNTGRID__BRAKE__MAXHARMS"] = "100000000",
                },
            });
        var accounts = new V1.AccountService.AccountServiceClient(_silo.Invoker("shop", "service"));
        await Task.WhenAll(
            Accounts.Select(
                id => accounts.RegisterAccountAsync(new() { Id = id, Handle = $"user_{id}" }).ResponseAsync));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        _files.Dispose();
    }

    /// <summary>Skips where a program is missing.</summary>
    public static void Needs(string program) => Assert.SkipUnless(IsThere(program), $"{program} is not installed.");

    /// <summary>A message as gRPC frames it, in a file: not compressed, four bytes of length, the message.</summary>
    public string Framed(Google.Protobuf.IMessage message)
    {
        var bytes = Google.Protobuf.MessageExtensions.ToByteArray(message);
        var frame = new byte[bytes.Length + 5];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        var path = _files.File(Path.GetRandomFileName());
        File.WriteAllBytes(path, frame);
        return path;
    }

    /// <summary>Runs a load generator to its end.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("nice", ["-n", "5", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    /// <summary>
    /// How many calls of a method the silo has answered, by outcome: a load generator reads the status of HTTP, and
    /// gRPC's own stands behind it.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> OutcomesAsync(string method, string protocol)
    {
        using var client = Silo.CreateHttpClient();
        var metrics = await client.GetStringAsync(
            new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        return Requests().Matches(metrics)
            .Where(m => m.Groups["method"].Value == method && m.Groups["protocol"].Value == protocol)
            .ToDictionary(static m => m.Groups["outcome"].Value,
                static m => long.Parse(m.Groups["count"].Value, CultureInfo.InvariantCulture));
    }

    private static bool IsThere(string program)
    {
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo(program, ["--version"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                })!;
            process.WaitForExit();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex(
        """^accountgrid_gateway_requests_total\{method="(?<method>[^"]+)",protocol="(?<protocol>[^"]+)",outcome="(?<outcome>[^"]+)"\} (?<count>\d+)""", RegexOptions.Multiline)]
    private static partial Regex Requests();
}
