using System.Collections.Immutable;
using System.Security.Cryptography;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Conformance;

/// <summary>
/// What a silo has of a store: the journal with MACs, the boundaries, checkpoints and the audit, under a key of its
/// own. The files outside the store are in a directory that outlives it, as after a restart.
/// </summary>
public sealed class MacRig : IDisposable
{
    private readonly ECDsa _key;
    private readonly ECDsaCheckpointSigner _signer;
    private readonly FileCheckpointLog _outside;
    private readonly CheckpointKeys _keys;

    /// <summary>A silo's parts over a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="directory">Where the files outside are.</param>
    /// <param name="world">The time, and the people.</param>
    /// <param name="key">The checkpoint key; the caller's.</param>
    /// <param name="others">Keys that are trusted beside it.</param>
    public MacRig(IStore store, TempDirectory directory, World world, ECDsa key, params IReadOnlyList<ECDsa> others)
    {
        (Store, World) = (store, world);
        _key = ECDsa.Create(key.ExportParameters(includePrivateParameters: true));
        _signer = new ECDsaCheckpointSigner(_key);
        _outside = new FileCheckpointLog(directory.File("checkpoints.jsonl"));
        _keys = CheckpointKeys.FromPem(
            [key.ExportSubjectPublicKeyInfoPem(), .. others.Select(static k => k.ExportSubjectPublicKeyInfoPem())]);
        Boundaries = new MacBoundaries(
            store.MacBoundaries, new MacBoundaryFile(directory.File("macs.jsonl")), JournalMacs.From(key, others),
            _keys, _signer, world.Clock, NullLogger<MacBoundaries>.Instance);
        UseMacs(true);
    }

    /// <summary>Whether it writes and reads as a silo of this version does; the version before had no MACs.</summary>
    public bool WritesMacs
    {
        init => UseMacs(value);
    }

    /// <summary>The store underneath, as a writer to the database sees it.</summary>
    public IStore Store { get; }

    /// <summary>The world.</summary>
    public World World { get; }

    /// <summary>The boundaries.</summary>
    public MacBoundaries Boundaries { get; }

    /// <summary>Accounts on the journal with MACs.</summary>
    public AccountServices Accounts { get; private set; } = null!;

    /// <summary>A round of checkpoints.</summary>
    public async Task<CheckpointRound> CheckpointAsync(CancellationToken cancellationToken)
    {
        using var maker = new CheckpointMaker(
            Store.Feed, Store.Checkpoints, _outside, _signer, _keys, World.Clock, Boundaries);
        return await maker.MakeAsync(cancellationToken);
    }

    /// <summary>The comparison of the journals with the checkpoints outside.</summary>
    public RootWalk Roots => new(Store.Feed, _outside, _keys);

    /// <summary>What one round of the silos' own comparison finds.</summary>
    public async Task<IReadOnlyList<AuditProblem>> CompareAsync(CancellationToken cancellationToken)
    {
        var (roots, derived) = (Roots, new DerivedWalk(Store.Derived, verifiesEntries: true, Boundaries.Macs));
        var (problems, found) = (new List<AuditProblem>(), ImmutableArray<AuditProblem>.Empty);
        for (var isLast = false; !isLast;)
        {
            (found, isLast) = await roots.StepAsync(cancellationToken);
        }

        problems.AddRange(found);
        try
        {
            for (var isLast = false; !isLast;)
            {
                (found, isLast) = await derived.StepAsync(cancellationToken);
                problems.AddRange(found);
            }
        }
        catch (JournalDamagedException e)
        {
            problems.Add(new(AuditProblemKind.EntryUnreadable, e.Message));
        }

        return problems;
    }

    /// <summary>A checkpoint, and the boundary behind it, as the integrity grain makes them.</summary>
    public async Task<bool> DrawBoundaryAsync(CancellationToken cancellationToken)
    {
        await CheckpointAsync(cancellationToken);
        var last = await Store.Checkpoints.ReadLastAsync(cancellationToken);
        return await Boundaries.MakeAsync(last?.Checkpoint.Position ?? 0, cancellationToken);
    }

    /// <summary>The audit with the keys of MACs, or by public means alone.</summary>
    public Task<VerificationResult> AuditAsync(
        CancellationToken cancellationToken, bool withMacs = true, bool withDerived = false) =>
        new AuditVerifier(
            Store.Audit, _outside, _keys, withMacs ? Boundaries : null,
            withDerived ? new DerivedAudit(Store.Derived, Store.FollowerAudit) : null)
            .VerifyAsync(cancellationToken);

    /// <summary>Registers an account.</summary>
    public async Task RegisterAsync(AccountId id, CancellationToken cancellationToken) => Assert.Null(
        (await new AccountRegistrar(Accounts).RegisterAsync(id, "president", World.Web, null, cancellationToken))
            .Refusal);

    /// <summary>Loads an account from the journal alone.</summary>
    public async Task<AccountProcessor> LoadAsync(AccountId id, CancellationToken cancellationToken)
    {
        var processor = new AccountProcessor(id, Accounts);
        await processor.LoadAsync(null, cancellationToken);
        return processor;
    }

    /// <summary>
    /// Appends what a writer to the database could compute: an entry that follows by the public hash chain, and the
    /// index row that fits. It has no MAC, or the one given.
    /// </summary>
    public async Task ForgeAsync(AccountId id, ReadOnlyMemory<byte> mac, CancellationToken cancellationToken)
    {
        var result = await Forgery.SuspendAsync(
            Store.Journal, id, OperatorId.Parse("kim"), "president", World.Clock.GetUtcNow().AddDays(30), mac,
            cancellationToken);
        Assert.Equal(AppendResult.Appended, result);
    }

    private void UseMacs(bool use)
    {
        var journal = use ? new AuthenticatedJournal(Store.Journal, Boundaries) : Store.Journal;
        World.Desk.Services = World.Operators with { Journal = journal, Harms = Store.HarmLog };
        Accounts = World.Accounts with { Journal = journal, Ledger = Store.Ledger };
    }

    public void Dispose()
    {
        Boundaries.Dispose();
        _outside.Dispose();
        _signer.Dispose();
        _key.Dispose();
    }
}
