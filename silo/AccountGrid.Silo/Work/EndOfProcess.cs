using System.Diagnostics;

namespace AccountGrid.Silo;

/// <summary>Ends this process at once, whatever its threads do.</summary>
internal static class EndOfProcess
{
    /// <summary>For so long handlers may keep the process from ending in order.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Ends it with an exit code, or, where that takes too long, by a signal that cannot be handled.</summary>
    public static void At(int exitCode)
    {
        new Thread(static () =>
        {
            using var never = new ManualResetEventSlim();
            never.Wait(Patience);
            using var self = Process.GetCurrentProcess();
            self.Kill();
        })
        { IsBackground = true, Name = "end of process" }.Start();
        Environment.Exit(exitCode);
    }
}
