using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// This silo's own activations: which accounts they are, and the published views of those that were read a moment ago.
/// A reader may use a view only while it is its activation's current one and neither journal nor count is in doubt, so
/// that it shows what a call to the grain would answer; and only for <see cref="Lease"/> after such a call, so that the
/// runtime sees which activations are in use, and a view outlives its activation by no more than that. The number of
/// places is fixed: accounts without one are read by calls. Thread-safe.
/// </summary>
/// <param name="clock">Measures the lease.</param>
/// <param name="guard">Says whether memory may be answered from.</param>
public sealed class LocalAccounts(TimeProvider clock, PauseGuard guard) : ILocalAccounts
{
    /// <summary>How long after a read through the grain its view is looked at directly.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    private const int SetBits = 13;
    private const int Ways = 4;
    private const int PartBits = 6;

    /// <summary>
    /// Sets of ids instead of a concurrent dictionary: 20 bytes for each account in memory instead of 60. In parts, so
    /// that a growing set delays few.
    /// </summary>
    private readonly HashSet<long>[] _active =
        [.. Enumerable.Range(0, 1 << PartBits).Select(static _ => new HashSet<long>())];
    private readonly Entry?[] _entries = new Entry?[Ways << SetBits];

    /// <summary>Says whether memory may be answered from.</summary>
    internal PauseGuard Guard => guard;

    /// <inheritdoc />
    public bool IsCutOff => guard.IsDead;

    /// <inheritdoc />
    public AccountInfo? Get(long id, long minVersion) =>
        Find(id) is { } entry && entry.View.State.Version >= minVersion ? entry.Account : null;

    /// <inheritdoc />
    public PublicAccountInfo? Visit(long id) =>
        // One that is down is refused, and the refusal counted, by the grain.
        Find(id) is { View.State.Status: AccountStatus.Active } entry ? entry.Public : null;

    /// <summary>Whether an account is active in this silo, as far as activations said so.</summary>
    internal bool Holds(long id)
    {
        var part = PartOf(id);
        lock (part)
        {
            return part.Contains(id);
        }
    }

    /// <summary>An activation begins.</summary>
    internal void Enter(AccountProcessor processor)
    {
        var part = PartOf(processor.Id.Value);
        lock (part)
        {
            part.Add(processor.Id.Value);
        }
    }

    /// <summary>
    /// Lets readers look at a view that a call has just read. Called by the account's own activation.
    /// </summary>
    internal void Offer(AccountProcessor processor, AccountView view)
    {
        if (!view.State.IsRegistered)
        {
            return;
        }

        var set = SetOf(processor.Id.Value);
        var now = clock.GetTimestamp();
        var place = (int)(now & (Ways - 1));
        for (var way = 0; way < Ways; way++)
        {
            if (Volatile.Read(ref set[way]) is not { } entry || entry.Processor == processor || entry.Until <= now)
            {
                place = way;
                break;
            }
        }

        var until = now + (long)(Lease.TotalSeconds * clock.TimestampFrequency);
        Volatile.Write(ref set[place], new Entry(processor, view, processor.Generation, until));
    }

    /// <summary>Forgets an activation that ends.</summary>
    internal void Withdraw(AccountProcessor processor)
    {
        var part = PartOf(processor.Id.Value);
        lock (part)
        {
            part.Remove(processor.Id.Value);
        }

        foreach (ref var place in SetOf(processor.Id.Value))
        {
            if (Volatile.Read(ref place)?.Processor == processor)
            {
                Volatile.Write(ref place, null);
            }
        }
    }

    private Entry? Find(long id)
    {
        // Before the view is read, as the guard demands.
        if (!guard.IsClear(out var generation))
        {
            return null;
        }

        foreach (ref var place in SetOf(id))
        {
            if (Volatile.Read(ref place) is { } entry && entry.Processor.Id.Value == id)
            {
                return entry.Generation == generation && entry.Processor.IsSettledOn(entry.View)
                    && clock.GetTimestamp() < entry.Until ? entry : null;
            }
        }

        return null;
    }

    private Span<Entry?> SetOf(long id) => _entries.AsSpan(Spread(id, SetBits) * Ways, Ways);

    private HashSet<long> PartOf(long id) => _active[Spread(id, PartBits)];

    // Neighbouring ids are common: multiplying spreads them.
    private static int Spread(long id, int bits) => (int)((ulong)id * 0x9E3779B97F4A7C15 >> (64 - bits));

    /// <summary>One view; what readers get of it is made by the first and shared by all of them.</summary>
    private sealed class Entry(AccountProcessor processor, AccountView view, int generation, long until)
    {
        public AccountProcessor Processor => processor;

        public AccountView View => view;

        public int Generation => generation;

        public long Until => until;

        public AccountInfo Account => field ??= view.ToInfo();

        public PublicAccountInfo Public => field ??= view.ToPublicInfo();
    }
}
