using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>
/// The edges of one account that changed since an instant, by version, so that parts counted at different versions can
/// be added up as of one. Every version must pass by: one that was written elsewhere, or whose outcome is unknown,
/// leaves a gap, and then this knows nothing. Not thread-safe; runs on its processor's scheduler.
/// </summary>
internal sealed class FollowMemory
{
    /// <summary>Changes kept: some 5 MB. No count could keep up with an account that changes faster.</summary>
    public const int MostChanges = 200_000;

    private readonly List<(long Version, long Follower, int Delta)> _changes = [];
    private readonly long _from;
    private long _last;
    private bool _hasGap;

    /// <summary>Remembers from a version on.</summary>
    public FollowMemory(long from) => (_from, _last) = (from, from);

    /// <summary>Whether it is of no use any more.</summary>
    public bool IsUseless => _hasGap;

    /// <summary>Whether a version has passed by.</summary>
    public bool Has(long version) => _last >= version;

    /// <summary>Takes a transaction of the ledger.</summary>
    public void Note(ImmutableArray<FollowChange> changes, FollowResult result)
    {
        var version = result.After.Version;
        if (_hasGap || version == _last)
        {
            return;
        }

        if (version != _last + 1 || _changes.Count + changes.Length > MostChanges)
        {
            _hasGap = true;
            _changes.Clear();
            return;
        }

        _last = version;
        for (var i = 0; i < changes.Length; i++)
        {
            if (result.Changed[i])
            {
                _changes.Add((version, changes[i].Follower.Value, changes[i].Follows ? 1 : -1));
            }
        }
    }

    /// <summary>
    /// By how much the edges grew between what each part saw and a version; <c>null</c> where there is a gap.
    /// </summary>
    public long? Settle(ImmutableArray<SweptPart> parts, long version)
    {
        if (_hasGap || !Has(version) || parts.IsDefaultOrEmpty
            || parts.Any(p => p.Version < _from || p.Version > version))
        {
            return null;
        }

        var grown = 0L;
        foreach (var (changed, follower, delta) in _changes)
        {
            if (changed <= version && changed > PartOf(parts, follower).Version)
            {
                grown += delta;
            }
        }

        return grown;
    }

    private static SweptPart PartOf(ImmutableArray<SweptPart> parts, long follower)
    {
        var (low, high) = (0, parts.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = parts[middle].Last >= follower ? (low, middle) : (middle + 1, high);
        }

        return parts[low];
    }
}
