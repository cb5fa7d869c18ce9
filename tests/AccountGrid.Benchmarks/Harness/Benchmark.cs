namespace AccountGrid.Benchmarks.Harness;

/// <summary>One benchmark: a name, what it compares, and how it is run. One file each.</summary>
internal interface IBenchmark
{
    /// <summary>As the command line calls it.</summary>
    string Name { get; }

    /// <summary>One line for <c>list</c>: ours against what, and the goal.</summary>
    string Summary { get; }

    /// <summary>Why it cannot run on this machine; <c>null</c> where it can.</summary>
    string? Missing => null;

    /// <summary>Runs it, verifies the state after it and says what it found.</summary>
    /// <exception cref="VerificationException">The state is not what it must be.</exception>
    Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken);
}

/// <summary>What the command line may say. Each has a default that keeps <c>all</c> within minutes.</summary>
internal sealed record BenchmarkOptions
{
    private const double WarmUpSeconds = 6;

    /// <summary>Interleaved rounds; 1 to 1,000.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>Length of one measurement of one contender, where the benchmark measures by time; 0.1 to 600.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>
    /// Where data directories are made; the disk under test. <c>null</c> = the system's temporary directory.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>Keeps prepared data in <see cref="Directory"/> and uses it again.</summary>
    public bool Keep { get; init; }

    /// <summary>
    /// Accounts: of <c>restart</c>, and activations of <c>memory</c>; <c>null</c> = the benchmark's own.
    /// </summary>
    public int? Accounts { get; init; }

    /// <summary>Followers of the huge account of <c>restore-huge</c>.</summary>
    public long Followers { get; init; } = 1_000_000;

    /// <summary>The length of one measurement; while warming up long enough for the compiler's last tier.</summary>
    public TimeSpan LengthOf(int round) => TimeSpan.FromSeconds(round < 0 ? Math.Max(Seconds, WarmUpSeconds) : Seconds);
}
