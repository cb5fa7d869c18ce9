using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>The database under both sides.</summary>
internal enum StoreKind
{
    /// <summary>SQLite in a data directory, the embedded default.</summary>
    Sqlite,

    /// <summary>PostgreSQL, a throw-away server.</summary>
    Postgres,
}

/// <summary>
/// Where the contestants of one run keep their data: a place for each by name, all of one kind on one disk with the same settings, so that the only difference is
/// who writes. Not thread-safe.
/// </summary>
internal abstract class Arena : IAsyncDisposable
{
    private readonly WorkDirectory _directory;
    private readonly SyncDelay? _delay;

    protected Arena(BenchmarkOptions options, SyncDelay? delay) => (_directory, _delay) = (WorkDirectory.Create(options), delay);

    /// <summary>The database and its settings, for the table's notes.</summary>
    public abstract string Description { get; }

    /// <summary>Makes one.</summary>
    /// <param name="kind">On which database.</param>
    /// <param name="options">Where.</param>
    /// <param name="delay">What each sync takes longer; <c>null</c> = the disk as it is.</param>
    public static Arena Create(StoreKind kind, BenchmarkOptions options, SyncDelay? delay = null) =>
        kind == StoreKind.Sqlite ? new SqliteArena(options, delay) : new PostgresArena(options, delay);

    /// <summary>What a benchmark is called, by its store: SQLite is what one gets.</summary>
    public static string NameOf(string benchmark, StoreKind kind) => kind == StoreKind.Sqlite ? benchmark : benchmark + "-postgres";

    /// <summary>Why a store cannot be had here; <c>null</c> where it can.</summary>
    public static string? MissingFor(StoreKind kind) => kind == StoreKind.Postgres ? PostgresServer.Missing : null;

    /// <summary>The directory of a contestant: keys, and the data where they lie in files.</summary>
    public string DirectoryOf(string name) => _directory.Sub(name);

    /// <summary>What a sync costs on the disk under all of them.</summary>
    public SyncCost MeasureSync() => SyncCost.Measure(_directory.FullPath);

    /// <summary>Registers accounts 1 to <paramref name="accounts"/>, unless it is 0, and starts the real silo on them.</summary>
    public async Task<SiloProcess> StartSiloAsync(string name, int accounts, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        if (accounts > 0)
        {
            await SeedAsync(name, accounts, cancellationToken);
        }

        return await SiloUnderTest.StartAsync(DirectoryOf(name), await EnvironmentAsync(name, environment), cancellationToken);
    }

    /// <summary>Starts a peer on accounts 1 to <paramref name="accounts"/>.</summary>
    public async Task<BaselineProcess> StartPeerAsync(BaselineKind kind, string name, SiloProcess silo, int accounts, string? redis, CancellationToken cancellationToken) =>
        await BaselineProcess.StartAsync(
            kind, SiloUnderTest.KeyFile(silo), DirectoryOf(name), accounts, await EnvironmentAsync(name, null, forPeer: true), await PlaceOfAsync(name, redis), cancellationToken);

    /// <summary>Registers accounts with the store itself, while no silo runs on it.</summary>
    public abstract Task SeedAsync(string name, int accounts, CancellationToken cancellationToken);

    /// <summary>Counts the edges of a silo's accounts one by one, after it has stopped.</summary>
    public abstract Task<long> CountEdgesAsync(string name, int accounts, CancellationToken cancellationToken);

    /// <summary>What the tables of a peer that has ended add up to.</summary>
    public abstract Task<PeerTotals> ReadPeerAsync(string name, CancellationToken cancellationToken);

    /// <summary>Bytes on disk of a contestant's data, after its silo has stopped.</summary>
    public abstract Task<long> SizeAsync(string name, CancellationToken cancellationToken);

    /// <summary>What that is made of, for a reader; nothing where files do not tell.</summary>
    public virtual Task<IReadOnlyList<string>> DescribeSizeAsync(string name, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Processor time so far of a contestant's database server, in seconds; 0 where the database is in the process itself.</summary>
    public abstract double DatabaseTime(string name);

    public virtual ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Settings that lead a silo to its data.</summary>
    protected abstract Task<IReadOnlyDictionary<string, string>> SettingsOfAsync(string name);

    /// <summary>Where a peer's data are.</summary>
    protected abstract Task<PeerPlace> PlaceOfAsync(string name, string? redis);

    /// <summary>What a slower disk needs in the environment of whoever writes: the process itself, or its database server.</summary>
    protected IReadOnlyDictionary<string, string> Slower => _delay?.Environment ?? new Dictionary<string, string>();

    /// <summary>Whether the contestants write to the disk themselves.</summary>
    protected abstract bool IsInProcess { get; }

    private async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string name, IReadOnlyDictionary<string, string>? further, bool forPeer = false)
    {
        IReadOnlyDictionary<string, string> own = forPeer ? new Dictionary<string, string>() : await SettingsOfAsync(name);
        return new Dictionary<string, string>([.. own, .. further ?? new Dictionary<string, string>(), .. IsInProcess ? Slower : new Dictionary<string, string>()]);
    }
}
