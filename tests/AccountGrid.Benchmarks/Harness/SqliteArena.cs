using AccountGrid.Benchmarks.Baselines;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>A data directory for each.</summary>
internal sealed class SqliteArena(BenchmarkOptions options, SyncDelay? delay) : Arena(options, delay)
{
    public override string Description => "SQLite (WAL, synchronous=FULL)";

    protected override bool IsInProcess => true;

    public override async Task SeedAsync(string name, int accounts, CancellationToken cancellationToken) =>
        await AccountSeeder.SeedAsync(DirectoryOf(name), accounts, cancellationToken);

    public override Task<long> CountEdgesAsync(string name, int accounts, CancellationToken cancellationToken) =>
        StoreFiles.CountEdgesAsync(DirectoryOf(name), accounts, cancellationToken);

    public override async Task<PeerTotals> ReadPeerAsync(string name, CancellationToken cancellationToken)
    {
        await using var peer = new SqlitePeer(DirectoryOf(name));
        return await peer.ReadTotalsAsync(cancellationToken);
    }

    public override Task<long> SizeAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(StoreFiles.Size(DirectoryOf(name)));

    public override double DatabaseTime(string name) => 0;

    protected override Task<IReadOnlyDictionary<string, string>> SettingsOfAsync(string name) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

    protected override Task<PeerPlace> PlaceOfAsync(string name, string? redis) =>
        Task.FromResult(new PeerPlace(Redis: redis));
}
