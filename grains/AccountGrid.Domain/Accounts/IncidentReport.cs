using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// Tells an account's incidents from its journal, entry by entry, so that a long journal is read in pages. Whether the
/// account is up is asked of <see cref="AccountState.Status"/>, never judged again here. Mutable, not thread-safe.
/// </summary>
/// <param name="account">The account whose journal is read.</param>
public sealed class IncidentReport(AccountId account)
{
    /// <summary>
    /// Steps from which on refused attempts are left out, so that refused attempts cannot make a report too long to be
    /// sent.
    /// </summary>
    private const int MostWithRefused = 100;

    private readonly ImmutableArray<Incident>.Builder _ended = ImmutableArray.CreateBuilder<Incident>();
    private AccountState _state = AccountState.Unregistered(account);
    private Incident? _current;

    /// <summary>The steps that led to what is pending: opened or scheduled, then approved.</summary>
    private ImmutableArray<Recorded<AccountEvent>> _pending = [];

    /// <summary>The incidents of a whole journal, oldest first.</summary>
    /// <exception cref="InvalidOperationException">
    /// The entries are not a journal from its beginning, gap-free.
    /// </exception>
    public static ImmutableArray<Incident> From(AccountId account, IEnumerable<Recorded<AccountEvent>> entries)
    {
        var report = new IncidentReport(account);
        foreach (var entry in entries)
        {
            report.Add(entry);
        }

        return report.ToIncidents();
    }

    /// <summary>Takes the next entry, from sequence 1 on.</summary>
    /// <exception cref="InvalidOperationException">The entry does not continue the journal.</exception>
    public void Add(Recorded<AccountEvent> entry)
    {
        _state = AccountEvolver.Evolve(_state, entry);
        switch (entry.Event)
        {
            case AccountEvent.ProposalOpened or AccountEvent.ActionScheduled:
                _pending = [entry];
                break;
            case AccountEvent.ProposalApproved:
                _pending = _pending.Add(entry);
                break;
            case AccountEvent.AttemptRefused when _current is { Sequences.Length: < MostWithRefused }:
                _current = WithStep(_current, entry);
                break;
            case AccountEvent.AttemptRefused e when e.ProposalSequence is not null
                && _pending.Length is > 0 and < MostWithRefused:
                _pending = _pending.Add(entry);
                break;
            case AccountEvent.HoldPlaced e:
                Down(entry, e.Action, e.PlacedBy, e.ApprovedBy, e.Impact, e.ProposalSequence is not null);
                break;
            case AccountEvent.SuspensionProlonged e:
                Down(entry, e.Action, e.PlacedBy, e.ApprovedBy, e.Impact, e.ProposalSequence is not null);
                break;
            case AccountEvent.SuspensionShortened:
                _current = WithStep(_current!, entry);
                break;
            case AccountEvent.Erased e:
                Down(entry, e.Action, e.PlacedBy, e.ApprovedBy, e.Impact, executesPending: true);
                break;
            case AccountEvent.HoldLifted e:
                Up(entry, e);
                break;
            default:
                break;
        }

        if (_state.Proposal is null)
        {
            _pending = [];
        }
    }

    /// <summary>The incidents so far, oldest first; the last one may be going on.</summary>
    public ImmutableArray<Incident> ToIncidents() =>
        _current is null ? _ended.ToImmutable() : _ended.ToImmutable().Add(_current);

    private void Down(
        Recorded<AccountEvent> entry, HarmAction action, Actor placedBy, OperatorId? approvedBy, Impact impact,
        bool executesPending)
    {
        var incident = _current ?? new Incident(
            entry.At, null, _state.Status, action.Reason, action.Note, placedBy, [], null, impact.Followers, 0, [], []);
        foreach (var step in executesPending ? _pending : [])
        {
            incident = WithStep(incident, step);
        }

        _current = WithStep(incident, entry) with
        {
            Gravest = _state.Status > incident.Gravest ? _state.Status : incident.Gravest,
            Approvals = approvedBy is { } second && !incident.Approvals.Contains(second)
                ? incident.Approvals.Add(second)
                : incident.Approvals,
        };
    }

    private void Up(Recorded<AccountEvent> entry, AccountEvent.HoldLifted lifted)
    {
        // Only a placed hold can be lifted, and placing one began an incident. Every lift says how many reads were
        // refused since the account went down: the largest number, not the sum.
        var incident = _current!;
        incident = WithStep(incident, entry) with
        {
            ReadsRefused = Math.Max(incident.ReadsRefused, lifted.ReadsRefused),
        };
        if (_state.Status != AccountStatus.Active)
        {
            _current = incident;
            return;
        }

        _ended.Add(incident with
        {
            Until = entry.At > incident.From ? entry.At : incident.From,
            EndedBy = entry.Actor,
        });
        _current = null;
    }

    private static Incident WithStep(Incident incident, Recorded<AccountEvent> step) => incident with
    {
        Sequences = incident.Sequences.Add(step.Sequence),
        TraceIds = step.TraceId.Length == 0 || incident.TraceIds.Contains(step.TraceId)
            ? incident.TraceIds
            : incident.TraceIds.Add(step.TraceId),
    };
}
