using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks;

/// <summary>What both follow benchmarks share: ours, and the peer with its ways of committing, each on edges of its own that grow alike.</summary>
internal abstract class FollowsBenchmark : IBenchmark
{
    private const int Streams = 2;

    public abstract string Name { get; }

    public abstract string Summary { get; }

    /// <summary>Accounts that are followed.</summary>
    protected abstract int Accounts { get; }

    /// <summary>Follows of one measurement of those who batch.</summary>
    protected virtual int FollowsPerRound => 200_000;

    public abstract Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken);

    /// <summary>Whom the follow of a serial number follows: all in turn, but scattered.</summary>
    protected long AccountOf(long serial) => Accounts == 1 ? 1 : ((serial * 7_919) % Accounts) + 1;

    /// <summary>Ours.</summary>
    protected Contestant Ours(SiloProcess silo, CancellationToken cancellationToken, string name = "ours") =>
        new(name, silo.Grpc, silo.ProcessId, silo.Token(SiloUnderTest.Service, "service"), 10_000, FollowsPerRound, AccountOf, cancellationToken);

    /// <summary>A peer.</summary>
    protected Contestant Peer(string name, BaselineProcess peer, SiloProcess silo, int perMessage, int follows, CancellationToken cancellationToken) =>
        new(name, peer.Grpc, peer.Id, silo.Token(SiloUnderTest.Service, "service"), perMessage, follows, AccountOf, cancellationToken);

    /// <summary>Every count is the number of follows that were acknowledged, and so is the number of edges that the journal of counts adds up to.</summary>
    protected async Task<string> VerifyAsync(SiloProcess silo, Contestant ours, IEnumerable<(string Directory, long Acknowledged)> peers, CancellationToken cancellationToken)
    {
        var expected = new long[Accounts + 1];
        for (long serial = 0; serial < ours.Acknowledged; serial++)
        {
            expected[AccountOf(serial)]++;
        }

        foreach (var account in await SiloUnderTest.ReadAllAsync(silo, Enumerable.Range(1, Accounts).Select(i => (long)i), cancellationToken))
        {
            VerificationException.ThrowUnlessEqual(expected[account.Id], account.Followers.Count, $"Followers of account {account.Id}");
        }

        await silo.StopAsync(cancellationToken: cancellationToken);
        VerificationException.ThrowUnlessEqual(ours.Acknowledged, await StoreFiles.CountEdgesAsync(silo.DataDirectory, Accounts, cancellationToken), "Edges");
        foreach (var (directory, acknowledged) in peers)
        {
            using var database = new PeerDatabase(directory);
            using var edges = database.Command("SELECT count(*) FROM edges");
            using var counted = database.Command("SELECT sum(followers) FROM accounts");
            VerificationException.ThrowUnlessEqual((acknowledged, acknowledged), ((long)edges.ExecuteScalar()!, (long)counted.ExecuteScalar()!), $"Edges and counts in {directory}");
        }

        return $"every count = acknowledged follows = edges: {ours.Acknowledged:#,0} over {Accounts:#,0} account{(Accounts == 1 ? "" : "s")}; the peers' edges and counts agree too";
    }

    /// <summary>One side of the comparison with its own progress through the follows.</summary>
    protected sealed class Contestant(
        string name, Uri grpc, int processId, string token, int perMessage, int follows, Func<long, long> accountOf, CancellationToken cancellationToken) : IDisposable
    {
        private readonly FollowStream _stream = new(grpc, token);

        /// <summary>Follows acknowledged so far; serial numbers below it are used.</summary>
        public long Acknowledged { get; private set; }

        /// <summary>For the rounds.</summary>
        public Contender AsContender() => new(name, _ => MeasureAsync());

        public void Dispose() => _stream.Dispose();

        private async Task<Sample> MeasureAsync()
        {
            var messages = FollowStream.Encode(follows, perMessage, Acknowledged, accountOf, FollowStream.Scattered);
            var before = ProcessorTime.Of(processId);
            var took = await _stream.SendAsync(messages, Streams, follows, cancellationToken);
            Acknowledged += follows;
            return new Sample(follows / took.TotalSeconds, (ProcessorTime.Of(processId) - before) / follows);
        }
    }
}
