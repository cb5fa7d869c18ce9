using System.ComponentModel;
using System.Diagnostics;

namespace AccountGrid.Chaos.Clusters;

/// <summary>Runs the machine's own small programs.</summary>
internal static class Machine
{
    /// <summary>Runs one to its end.</summary>
    /// <exception cref="MachineException">It is not there, or it failed; the message is its own.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo(program, arguments)
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new MachineException($"{program} {string.Join(' ', arguments)}: {error.Trim()}");
            }
        }
        catch (Win32Exception e)
        {
            throw new MachineException($"{program} is not there: {e.Message}");
        }
    }
}

/// <summary>The machine does not allow or have something.</summary>
internal sealed class MachineException(string message) : Exception(message);
