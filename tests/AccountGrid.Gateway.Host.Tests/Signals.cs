using System.Runtime.InteropServices;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>Signals that stop a process in the middle of whatever it does, and let it go on.</summary>
internal static class Signals
{
    private const int SigStop = 19;
    private const int SigCont = 18;

    /// <summary>SIGSTOP: the process stands still, with all its connections open.</summary>
    public static void Freeze(int processId) => Send(processId, SigStop);

    /// <summary>SIGCONT.</summary>
    public static void Thaw(int processId) => Send(processId, SigCont);

    private static void Send(int processId, int signal) => Assert.Equal(0, Kill(processId, signal));

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
