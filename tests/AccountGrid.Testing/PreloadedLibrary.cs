using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace AccountGrid.Testing;

/// <summary>
/// A few lines of C, compiled where there is a compiler, for a process to load before everything else
/// (<c>LD_PRELOAD</c>).
/// </summary>
public static class PreloadedLibrary
{
    /// <summary>Compiles a source.</summary>
    /// <param name="assembly">Has it as a resource.</param>
    /// <param name="name">The resource, without <c>.c</c>; the library is <c>NAME.so</c> in the directory.</param>
    /// <param name="cancellationToken">Ends the wait for the compiler.</param>
    /// <returns>A directory of its own, which another user's process (a database server) may read; <c>null</c> where it
    /// cannot be done (no Linux, no C compiler).</returns>
    public static async Task<TempDirectory?> TryCompileAsync(
        Assembly assembly, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var directory = new TempDirectory();
        try
        {
            File.SetUnixFileMode(directory.FullPath,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            await using (var source = assembly.GetManifestResourceStream(name + ".c")!)
            await using (var file = File.Create(directory.File(name + ".c")))
            {
                await source.CopyToAsync(file, cancellationToken);
            }

            using var compiler = Process.Start(new ProcessStartInfo(
                "cc", ["-shared", "-fPIC", "-O2", "-o", directory.File(name + ".so"), directory.File(name + ".c"),
                    "-ldl"]))!;
            await compiler.WaitForExitAsync(cancellationToken);
            if (compiler.ExitCode == 0)
            {
                return directory;
            }
        }
        catch (Win32Exception)
        {
            // There is no compiler; the caller says so.
        }

        directory.Dispose();
        return null;
    }
}
