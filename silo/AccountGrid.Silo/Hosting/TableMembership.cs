using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>This silo's own row in the cluster's membership table. Thread-safe.</summary>
internal sealed class TableMembership(
    IMembershipTable table, ILocalSiloDetails silo, IClusterMembershipService membership) : IMembershipRecord
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
        // Not through the runtime's own refresh: a reading from before the pause may still be under way there.
        var row = await table.ReadRowAsync(silo.SiloAddress, cancellationToken);
        var isThere = row.Members.Count > 0;
        _wasThere |= isThere;
        var isDead = isThere ? row.Members[0].Item1.Status == SiloStatus.Dead : _wasThere;
        if (isDead)
        {
            // The runtime ends the process as soon as it knows.
            _ = RefreshAsync();
        }

        return new MembershipFact(isDead, row.Version.Version);
    }

    private async Task RefreshAsync()
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
