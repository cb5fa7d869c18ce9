using System.Diagnostics;
using System.Globalization;

namespace AccountGrid.Testing;

/// <summary>
/// A network of a test's own with nothing but a loopback address, so that programs can listen on fixed ports whatever
/// else runs on the machine. It ends with the last process in it. Linux, with the right to make namespaces.
/// Thread-safe.
/// </summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] Programs = ["unshare", "nsenter", "ip", "sh"];
    private readonly RunningProcess _holder;

    private NetworkNamespace(RunningProcess holder) => _holder = holder;

    /// <summary>A program and its arguments that end by executing, inside of this network, what follows them.</summary>
    public IReadOnlyList<string> Launcher
    {
        get
        {
            var namespaces = string.Create(CultureInfo.InvariantCulture, $"/proc/{_holder.Id}/ns");
            return Environment.IsPrivilegedProcess
                ? ["nsenter", $"--net={namespaces}/net", "--"]
                : ["nsenter", $"--user={namespaces}/user", "--preserve-credentials", $"--net={namespaces}/net", "--"];
        }
    }

    /// <summary>Makes one.</summary>
    /// <returns>The network, or <c>null</c> and why there is none: the reason to skip a test with.</returns>
    public static async Task<(NetworkNamespace? Network, string Missing)> TryCreateAsync(
        CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || Programs.Any(static program => ProgramInPath.Find(program) is null))
        {
            return (null, $"Needs Linux and {string.Join(", ", Programs)}.");
        }

        // Without root, the right to make a network comes with a user namespace.
        string[] users = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-current-user", "--keep-caps"];
        string[] program = ["sh", "-c", "ip link set lo up && echo up && exec sleep infinity"];
        var holder = new RunningProcess(new ProcessStartInfo("unshare", [.. users, "--net", .. program]));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await holder.WaitForLineAsync(static line => line == "up", patience.Token);
            return (new NetworkNamespace(holder), "");
        }
        catch (InvalidOperationException)
        {
            await holder.DisposeAsync();
            return (null, $"Network namespaces are not allowed here: {string.Join(' ', holder.Output)}");
        }
        catch
        {
            await holder.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _holder.DisposeAsync();
}
