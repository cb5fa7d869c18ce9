using System.Collections.Immutable;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>
/// Keeps a silo's <see cref="PolicyInForce"/> to the policy record, and says where the silo's settings differ from it.
/// </summary>
/// <remarks>
/// <see cref="FollowAsync"/> is called one at a time; the properties are for any thread.
/// </remarks>
public sealed class PolicyFollower
{
    private readonly PolicyInForce _inForce;
    private readonly PolicyMeters _meters;
    private readonly ILogger<PolicyProcessor> _log;
    private readonly JournaledStream<PolicyState, PolicyEvent> _stream;
    private readonly PolicyMark? _mark;
    private volatile Seen _seen;
    private bool _isOpen;
    private long _noted;

    /// <summary>A follower that has read nothing yet.</summary>
    public PolicyFollower(
        SiloPolicy own, PolicyInForce inForce, PolicyServices services, PolicyMeters meters, PolicyMark? mark = null)
    {
        _mark = mark;
        ArgumentNullException.ThrowIfNull(services);
        Own = own;
        _inForce = inForce;
        _meters = meters;
        _log = services.Log;
        _stream = services.NewStream();
        _seen = new(PolicyState.Unrecorded, []);
    }

    /// <summary>The silo's own settings.</summary>
    public SiloPolicy Own { get; }

    /// <summary>The record as it was read last.</summary>
    public PolicyState State => _seen.State;

    /// <summary>Where the silo's settings differ from what is in force, in the order of the table.</summary>
    public ImmutableArray<PolicyDifference> Differences => _seen.Differences;

    /// <summary>Whether the silo's settings have something that the record does not have yet.</summary>
    public bool IsToBeConfigured => PolicyDecider.IsToBeConfigured(State, Own.ToCommand());

    /// <summary>
    /// Reads what the journal has beyond the last reading, and brings it into force; cheap when there is nothing. The
    /// first call comes before the silo serves. Without a record the silo's settings are in force; and as long as the
    /// record does not have the silo's own stricter ones (<see cref="NoteConfigured"/>), they are in force here.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">
    /// The journal does not fold; what was in force stays in force. A silo must not start then, because its settings
    /// may be weaker than the record.
    /// </exception>
    /// <exception cref="UnknownFormatException">The journal was written by a newer program; likewise.</exception>
    /// <exception cref="InvalidDataException">
    /// At the first call: the journal lacks entries that are noted outside the store; likewise.
    /// </exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var before = _stream.Head.Version;

        // Once a second: without a span of its own.
        await _stream.ReadForwardAsync(cancellationToken);
        if (!_isOpen)
        {
            _mark?.Check(_stream.Head.Version, _stream.Head.Hash);
        }

        _inForce.IsRecorded = _stream.Head.Version > 0;
        if (!_isOpen || _stream.Head.Version > before)
        {
            _isOpen = true;
            Adopt(_stream.Head.State);
        }

        NoteOutside();
    }

    private void NoteOutside()
    {
        if (_stream.Head.Version == _noted)
        {
            return;
        }

        try
        {
            _mark?.Note(_stream.Head.Version, _stream.Head.Hash);
            _noted = _stream.Head.Version;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // Tried again by the next call: the policy is followed all the same.
            PolicyLog.NotNoted(_log, e);
        }
    }

    /// <summary>Whether <see cref="NoteConfigured"/> was called.</summary>
    public bool IsConfigured { get; private set; }

    /// <summary>
    /// Notes that the record, as it was read last, has what the silo's settings say. From then on it is followed as it
    /// is, also where two admins adopt what is weaker than the silo's settings. Not while <see cref="FollowAsync"/>
    /// runs.
    /// </summary>
    public void NoteConfigured()
    {
        IsConfigured = true;
        Adopt(_stream.Head.State);
    }

    private void Adopt(PolicyState state)
    {
        var values = IsConfigured
            ? state.Values
            : state.Values.SetItems(PolicyDecider.TightenedBy(state, Own.ToCommand())
                .Select(static change => KeyValuePair.Create(change.Name, change.To)));
        var before = PolicySettings.ValuesOf(new(_inForce.Accounts, _inForce.Operators, _inForce.Brake));
        var policy = PolicySettings.Apply(Own.Policy, values);
        var after = PolicySettings.ValuesOf(policy);
        var changed = after.Where(value => before[value.Key] != value.Value).ToArray();
        if (changed.Length > 0)
        {
            _inForce.Set(policy.Accounts, policy.Operators, policy.Brake);
            PolicyLog.InForce(
                _log, state.PolicyVersion,
                string.Join("; ", changed.Select(v => $"{v.Key} from {before[v.Key]} to {v.Value}")));
        }

        Show(state, after);
    }

    private void Show(PolicyState state, ImmutableSortedDictionary<string, string> inForce)
    {
        ImmutableArray<PolicyDifference> differences =
        [
            .. from setting in PolicySettings.All
               let own = setting.ValueOf(Own.Policy)
               where Own.Named.Contains(setting.Name) && inForce[setting.Name] != own
               select new PolicyDifference(
                   setting.Name, inForce[setting.Name], own,
                   new SettingChange(setting.Name, inForce[setting.Name], own).Weakens),
        ];
        var before = _seen.Differences;
        _seen = new(state, differences);
        _meters.Show(differences);
        if (!differences.IsEmpty && !differences.SequenceEqual(before))
        {
            PolicyLog.Differs(_log, string.Join("; ", differences));
        }
        else if (differences.IsEmpty && !before.IsEmpty)
        {
            PolicyLog.Agrees(_log);
        }
    }

    private sealed record Seen(PolicyState State, ImmutableArray<PolicyDifference> Differences);
}
