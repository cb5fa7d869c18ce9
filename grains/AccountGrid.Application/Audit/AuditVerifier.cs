namespace AccountGrid.Application;

/// <summary>
/// Recomputes every hash chain, Merkle root and signature and names what is wrong. Two passes over one consistent view,
/// each a stream, so that memory stays flat however long the journals are: by stream for the chains and the index, by
/// commit order for the roots. Read-only, thread-safe.
/// </summary>
/// <remarks>
/// A cut tail shows in index versions that know more entries than there are and in checkpoints that cover positions
/// that are gone; a history that was rewritten with fresh hashes shows in the signed roots. Where the store's own
/// checkpoints were rewritten too, the log outside shows it. Entries after the last checkpoint are covered by their
/// chains, and by their MACs where the keys are given: see <see cref="VerificationResult.CoveredPosition"/>. The last
/// checkpoint may be missing in the store if it is in the log outside: a crash between the two writes leaves that, the
/// one outside is verified in its place, and the next round of <see cref="CheckpointMaker"/> puts it back.
/// </remarks>
/// <param name="source">The store.</param>
/// <param name="outside">The log outside.</param>
/// <param name="keys">The checkpoint keys that are trusted.</param>
/// <param name="macs">
/// The keys of MACs; <c>null</c> for a verification without them, by public means alone.
/// </param>
/// <param name="derived">
/// Computes again what stands beside the journals; <c>null</c> = the journals alone are verified.
/// </param>
public sealed class AuditVerifier(
    IAuditSource source, ICheckpointLog outside, CheckpointKeys keys, MacBoundaries? macs = null,
    DerivedAudit? derived = null)
{
    /// <summary>Verifies everything that is committed at the instant of the call.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    /// <exception cref="IOException">The log outside failed.</exception>
    public async Task<VerificationResult> VerifyAsync(CancellationToken cancellationToken)
    {
        var findings = new AuditFindings();

        // Asked before the view is opened: whatever is outside by now covers entries that the view must hold. What is
        // written there later does not count.
        var outsideLast = await ReadOutsideLastAsync(findings, cancellationToken).ConfigureAwait(false);
        foreach (var problem in macs is null ? [] : await macs.VerifyAsync(cancellationToken).ConfigureAwait(false))
        {
            findings.Add(problem);
        }

        var view = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (view.ConfigureAwait(false))
        {
            await new ChainPass(view, macs?.Macs, findings).RunAsync(cancellationToken).ConfigureAwait(false);
            await new RootPass(view, outside, outsideLast, keys, findings).RunAsync(cancellationToken)
                .ConfigureAwait(false);
        }

        if (derived is not null)
        {
            await derived.RunAsync(findings, cancellationToken).ConfigureAwait(false);
        }

        return findings.ToResult();
    }

    private async Task<long> ReadOutsideLastAsync(AuditFindings findings, CancellationToken cancellationToken)
    {
        try
        {
            return (await outside.ReadLastAsync(cancellationToken).ConfigureAwait(false))?.Number ?? 0;
        }
        catch (CheckpointLogDamagedException e)
        {
            findings.OutsideDamaged(e);
            return 0;
        }
    }
}

/// <summary>Collects what two passes find; keeps a bounded number of problems.</summary>
internal sealed class AuditFindings
{
    private readonly PriorityQueue<AuditProblem, (long Order, long Found)> _problems = new(LastFirst);
    private long _count;
    private bool _outsideDamaged;
    private bool _unreadable;

    public long Entries { get; set; }

    public long Streams { get; set; }

    public long Checkpoints { get; set; }

    public long Position { get; set; }

    public long CoveredPosition { get; set; }

    /// <summary>
    /// Whether the log outside could not be read to its end: what is missing there is then no second problem.
    /// </summary>
    public bool IsOutsideDamaged => _outsideDamaged;

    private static Comparer<(long Order, long Found)> LastFirst { get; } =
        Comparer<(long Order, long Found)>.Create(static (a, b) => b.CompareTo(a));

    /// <summary>
    /// Adds a problem that was noticed at a position of commit order; the lowest position is reported first.
    /// </summary>
    public void Add(long noticedAt, AuditProblem problem)
    {
        _problems.Enqueue(problem, (noticedAt, _count++));
        if (_problems.Count > VerificationResult.MaxProblems)
        {
            _problems.Dequeue();
        }
    }

    /// <summary>
    /// Adds a problem that no entry of a stream shows: reported after those that one does, in the order of finding.
    /// </summary>
    public void Add(AuditProblem problem) => Add(long.MaxValue, problem);

    public void OutsideDamaged(CheckpointLogDamagedException e)
    {
        if (!_outsideDamaged)
        {
            _outsideDamaged = true;
            Add(new(AuditProblemKind.OutsideDamaged, e.Message));
        }
    }

    /// <summary>
    /// Both passes meet the row that cannot be read; it is one problem. Which row it is, the store says; what follows
    /// it cannot be judged.
    /// </summary>
    public void EntryUnreadable(JournalDamagedException e)
    {
        if (!_unreadable)
        {
            _unreadable = true;
            Add(new(AuditProblemKind.EntryUnreadable, e.Message));
        }
    }

    public VerificationResult ToResult() => new(
        Entries, Streams, Checkpoints, Position, CoveredPosition, _count,
        [.. _problems.UnorderedItems.OrderBy(static p => p.Priority).Select(static p => p.Element)]);
}
