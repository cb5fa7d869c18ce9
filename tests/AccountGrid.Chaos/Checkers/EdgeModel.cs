using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Checkers;

/// <summary>What one edge may be, as far as its only client can know.</summary>
internal sealed class EdgeModel
{
    private readonly List<(bool Follows, TimeSpan Until)> _lingering = [];
    private bool _mayBeThere;
    private bool _mayBeAbsent = true;

    /// <summary>The last operation that touched it.</summary>
    public Operation? Last { get; private set; }

    public bool MayBeThere => _mayBeThere || _lingering.Any(l => l.Follows);

    public bool MayBeAbsent => _mayBeAbsent || _lingering.Any(l => !l.Follows);

    public bool MayChange(bool follows) => follows ? MayBeAbsent : MayBeThere;

    public bool MustChange(bool follows) => follows ? !MayBeThere : !MayBeAbsent;

    /// <summary>An attempt leaves: what could take effect only before now has become part of what may be.</summary>
    public void Begin(TimeSpan now)
    {
        foreach (var (follows, _) in _lingering.Where(l => l.Until <= now))
        {
            Allow(follows);
        }

        _lingering.RemoveAll(l => l.Until <= now);
    }

    /// <summary>It may take effect until an instant, or not at all.</summary>
    public void Perhaps(bool follows, TimeSpan until, Operation operation)
    {
        _lingering.Add((follows, until));
        Last = operation;
    }

    /// <summary>It took effect; what lingers may still come behind it.</summary>
    public void Certainly(bool follows, Operation operation)
    {
        (_mayBeThere, _mayBeAbsent) = (follows, !follows);
        Last = operation;
    }

    private void Allow(bool follows)
    {
        _mayBeThere |= follows;
        _mayBeAbsent |= !follows;
    }
}
