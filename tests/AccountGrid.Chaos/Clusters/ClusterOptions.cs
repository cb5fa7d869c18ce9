namespace AccountGrid.Chaos.Clusters;

/// <summary>What a cluster is made of.</summary>
internal sealed record ClusterOptions
{
    /// <summary>How many silos.</summary>
    public int Silos { get; init; } = 3;

    /// <summary>Followers from which an account is protected; low, so that the workload's accounts cross it.</summary>
    public long ProtectedReach { get; init; } = 60;

    /// <summary>Harms per person and hour: the default.</summary>
    public int MaxHarms { get; init; } = 30;

    /// <summary>Whether the silos get a network of their own where that is allowed; needed by partitions.</summary>
    public bool Network { get; init; } = true;

    /// <summary>
    /// Whether the database gets a small disk of its own where that is allowed; needed by a full disk.
    /// </summary>
    public bool SmallDisk { get; init; } = true;

    /// <summary>Further settings of every silo, as environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
