using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>Everything that account processors need; one per silo, shared. All parts are thread-safe.</summary>
/// <param name="Journal">The truth.</param>
/// <param name="Ledger">The follow edges.</param>
/// <param name="Authority">What people may do, now.</param>
/// <param name="Brake">The brake over the whole grid.</param>
/// <param name="Codec">The stored form of events.</param>
/// <param name="Clock">The time.</param>
/// <param name="Policies">The numbers behind the rules, as they are now.</param>
/// <param name="Limits">The bounds; validated by the host.</param>
/// <param name="Seal">What shows that a silo wrote a snapshot.</param>
/// <param name="Diagnostics">Spans and instruments.</param>
/// <param name="Log">Where processors log.</param>
public sealed record AccountServices(
    IJournal Journal, IFollowerLedger Ledger, IOperatorAuthority Authority, IBrake Brake,
    IEventCodec<AccountEvent> Codec, TimeProvider Clock, PolicyInForce Policies, ProcessorLimits Limits,
    SnapshotSeal Seal, ApplicationDiagnostics Diagnostics, ILogger<AccountProcessor> Log)
{
    private AccountStreamKind? _streams;

    /// <summary>The numbers about accounts, as they are now.</summary>
    public AccountPolicy Policy => Policies.Accounts;

    /// <summary>
    /// What the streams share; made at the first use, and again by a copy (<c>with</c>), which has other parts.
    /// </summary>
    private AccountStreamKind Streams => _streams is { } made && made.IsOf(this) ? made : _streams = new(this);

    /// <summary>An account's journal, from before its first entry.</summary>
    internal JournaledStream<AccountState, AccountEvent> StreamOf(
        AccountId id, IHeadObserver<AccountState>? observer = null) =>
        new(Streams, StreamId.Of(id), AccountState.Unregistered(id), observer);
}
