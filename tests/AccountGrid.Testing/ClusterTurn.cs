namespace AccountGrid.Testing;

/// <summary>
/// Test projects that run whole clusters take turns, however many projects are tested at once: a silo that is kept from
/// its processor for three seconds is declared dead by the others, and on two processors a second cluster is enough for
/// that. A test project that says <c>RunsClusters</c> waits for its turn before its first test and has it until its
/// process ends.
/// </summary>
public sealed class ClusterTurn
{
    private readonly Mutex _turn = new(initiallyOwned: false, @"Global\accountgrid-cluster-tests");

    /// <summary>Waits for the turn.</summary>
    public ClusterTurn()
    {
        try
        {
            _turn.WaitOne();
        }
        catch (AbandonedMutexException)
        {
            // As meant: the one before has ended.
        }

        GC.KeepAlive(_turn);
    }
}
