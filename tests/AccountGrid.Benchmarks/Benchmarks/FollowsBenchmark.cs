using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks;

/// <summary>
/// What both follow benchmarks share: ours, and the peer with its ways of committing, each on edges of its own that
/// grow alike.
/// </summary>
internal abstract class FollowsBenchmark(StoreKind store) : IBenchmark
{
    private const int Streams = 2;

    public string Name => Arena.NameOf(OwnName, store);

    public string? Missing => Arena.MissingFor(store);

    public abstract string Summary { get; }

    /// <summary>What it is called on SQLite.</summary>
    protected abstract string OwnName { get; }

    /// <summary>The database under both sides.</summary>
    protected StoreKind Store => store;

    /// <summary>Accounts that are followed.</summary>
    protected abstract int Accounts { get; }

    /// <summary>Follows of one measurement of those who batch.</summary>
    protected virtual int FollowsPerRound => 200_000;

    public abstract Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken);

    /// <summary>Whom the follow of a serial number follows: all in turn, but scattered.</summary>
    protected long AccountOf(long serial) => Accounts == 1 ? 1 : ((serial * 7_919) % Accounts) + 1;

    /// <summary>Ours.</summary>
    /// <param name="arena">Where its data are.</param>
    /// <param name="place">Under what name.</param>
    /// <param name="silo">The silo.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    protected Contestant Ours(Arena arena, string place, SiloProcess silo, CancellationToken cancellationToken) => new(
        place, silo.Grpc, () => ProcessorTime.Of(silo.ProcessId), () => arena.DatabaseTime(place),
        silo.Token(SiloUnderTest.Service, "service"), 10_000, FollowsPerRound, AccountOf, cancellationToken);

    /// <summary>A peer.</summary>
    protected Contestant Peer(Arena arena, string place, BaselineProcess peer, SiloProcess silo, int perMessage,
        int follows, CancellationToken cancellationToken) => new(
        place, peer.Grpc, () => ProcessorTime.Of(peer.Id), () => arena.DatabaseTime(place),
        silo.Token(SiloUnderTest.Service, "service"), perMessage, follows, AccountOf, cancellationToken);

    /// <summary>The row of the database server's processor time; nothing where there is none.</summary>
    protected IEnumerable<Row> DatabaseRow(Series baseline, Series ours) => store == StoreKind.Sqlite
        ? []
        : [Row.Compare("  of which the database server's", baseline, ours, Units.Time, Goal.None, s => s.DatabaseCpu)];

    /// <summary>Every count is the number of follows that were acknowledged, and so is the number of edges.</summary>
    protected async Task<string> VerifyAsync(
        Arena arena, SiloProcess silo, Contestant ours, IEnumerable<Contestant> peers,
        CancellationToken cancellationToken)
    {
        var expected = new long[Accounts + 1];
        for (long serial = 0; serial < ours.Acknowledged; serial++)
        {
            expected[AccountOf(serial)]++;
        }

        foreach (var account in await SiloUnderTest.ReadAllAsync(
            silo, Enumerable.Range(1, Accounts).Select(i => (long)i), cancellationToken))
        {
            VerificationException.ThrowUnlessEqual(
                expected[account.Id], account.Followers.Count, $"Followers of account {account.Id}");
        }

        await silo.StopAsync(cancellationToken: cancellationToken);
        VerificationException.ThrowUnlessEqual(
            ours.Acknowledged, await arena.CountEdgesAsync(ours.Place, Accounts, cancellationToken), "Edges");
        foreach (var peer in peers)
        {
            var totals = await arena.ReadPeerAsync(peer.Place, cancellationToken);
            VerificationException.ThrowUnlessEqual((peer.Acknowledged, peer.Acknowledged),
                (totals.Edges, totals.Followers), $"Edges and counts of {peer.Place}");
        }

        return $"every count = acknowledged follows = edges: {ours.Acknowledged:#,0} over {Accounts:#,0} account{(Accounts == 1 ? "" : "s")}; the peers' edges and counts agree too";
    }

    /// <summary>One side of the comparison with its own progress through the follows.</summary>
    protected sealed class Contestant(
        string place, Uri grpc, Func<double> processTime, Func<double> databaseTime, string token, int perMessage,
        int follows, Func<long, long> accountOf, CancellationToken cancellationToken) : IDisposable
    {
        private readonly FollowStream _stream = new(grpc, token);

        /// <summary>What it is called in the arena.</summary>
        public string Place => place;

        /// <summary>Follows acknowledged so far; serial numbers below it are used.</summary>
        public long Acknowledged { get; private set; }

        /// <summary>For the rounds.</summary>
        public Contender AsContender() => new(place, _ => MeasureAsync());

        public void Dispose() => _stream.Dispose();

        private async Task<Sample> MeasureAsync()
        {
            var messages = FollowStream.Encode(follows, perMessage, Acknowledged, accountOf, FollowStream.Scattered);
            var (process, database) = (processTime(), databaseTime());
            var took = await _stream.SendAsync(messages, Streams, follows, cancellationToken);
            Acknowledged += follows;
            (process, database) = (processTime() - process, databaseTime() - database);
            return new Sample(follows / took.TotalSeconds, (process + database) / follows)
            {
                DatabaseCpu = database / follows,
            };
        }
    }
}
