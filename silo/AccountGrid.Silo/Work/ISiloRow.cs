using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>This silo's own row in the cluster's membership table, and what keeps it true. Thread-safe.</summary>
internal interface ISiloRow : IMembershipRecord
{
    /// <summary>Reads the row.</summary>
    Task<SiloRow> ReadRowAsync(CancellationToken cancellationToken);

    /// <summary>Writes into the row that this silo lives, as the runtime does every five seconds.</summary>
    Task RenewAsync(CancellationToken cancellationToken);

    /// <summary>Has the runtime read the whole table.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);
}

/// <summary>One reading of the row.</summary>
/// <param name="IsDead">Whether the silo was declared dead, or its row has gone.</param>
/// <param name="IsAliveAt">When it last said that it lives, by the wall clock of then.</param>
/// <param name="Version">The version of the table; grows whenever the membership of any silo changes.</param>
internal readonly record struct SiloRow(bool IsDead, DateTime IsAliveAt, long Version);
