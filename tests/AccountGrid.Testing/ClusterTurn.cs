namespace AccountGrid.Testing;

/// <summary>
/// Tests that run whole clusters take turns, however many projects are tested at once: a silo that is kept from its
/// processor for three seconds is declared dead by the others, and on two processors a second cluster is enough for
/// that. As a fixture of a class, or of the assembly (<c>RunsClusters</c> in the project file), it waits for its turn
/// before the first test and has it until the last one is over.
/// </summary>
/// <remarks>
/// The turn is a lock on a file, which ends with the process at the latest. A named mutex belongs to the thread that
/// waited for it, and the pool ends idle threads: it was abandoned after some seconds, and two clusters ran at a time.
/// </remarks>
public sealed class ClusterTurn : IDisposable
{
    private static readonly string LockFile = Path.Combine(Path.GetTempPath(), "accountgrid-cluster-tests.lock");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly FileStream _turn;

    /// <summary>Waits for the turn.</summary>
    public ClusterTurn()
    {
        while (true)
        {
            try
            {
                _turn = new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return;
            }
            catch (IOException) when (File.Exists(LockFile))
            {
                Thread.Sleep(Pause);
            }
        }
    }

    /// <summary>Ends the turn.</summary>
    public void Dispose() => _turn.Dispose();
}
