using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>This silo's own row in the cluster's membership table. Thread-safe.</summary>
internal sealed class TableMembership(
    IMembershipTable table, ILocalSiloDetails silo, IClusterMembershipService membership, TimeProvider clock)
    : ISiloRow
{
    private volatile bool _wasThere;

    /// <inheritdoc />
    public MembershipFact Heard
    {
        get
        {
            var snapshot = membership.CurrentSnapshot;
            var isDead = snapshot.GetSiloStatus(silo.SiloAddress) == SiloStatus.Dead;
            return new MembershipFact(isDead, snapshot.Version.Value);
        }
    }

    /// <inheritdoc />
    public async Task<MembershipFact> ReadAsync(CancellationToken cancellationToken)
    {
        var row = await ReadRowAsync(cancellationToken);
        return new MembershipFact(row.IsDead, row.Version);
    }

    /// <inheritdoc />
    public async Task<SiloRow> ReadRowAsync(CancellationToken cancellationToken)
    {
        // Not through the runtime's own refresh: a reading from before a pause may still be under way there.
        var read = await table.ReadRowAsync(silo.SiloAddress, cancellationToken);
        var isThere = read.Members.Count > 0;
        _wasThere |= isThere;
        var row = isThere ? read.Members[0].Item1 : null;
        var isDead = row is null ? _wasThere : row.Status == SiloStatus.Dead;
        if (isDead)
        {
            // The runtime ends the process as soon as it knows.
            _ = RefreshQuietlyAsync();
        }

        return new SiloRow(isDead, row?.IAmAliveTime ?? default, read.Version.Version);
    }

    /// <inheritdoc />
    public Task RenewAsync(CancellationToken cancellationToken) => table.UpdateIAmAliveAsync(
        new MembershipEntry { SiloAddress = silo.SiloAddress, IAmAliveTime = clock.GetUtcNow().UtcDateTime },
        cancellationToken);

    /// <inheritdoc />
    public Task RefreshAsync(CancellationToken cancellationToken) =>
        membership.Refresh(cancellationToken: cancellationToken).AsTask();

    private async Task RefreshQuietlyAsync()
    {
        try
        {
            await membership.Refresh();
        }
#pragma warning disable CA1031 // A failure only costs time: the runtime refreshes by itself as well.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The runtime reads the table again within two seconds.
        }
    }
}
