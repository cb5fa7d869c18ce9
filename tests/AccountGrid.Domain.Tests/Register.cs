namespace AccountGrid.Domain.Tests;

/// <summary>
/// The operators' records in memory. It does what their processors do (ask, decide, append, evolve) and nothing else.
/// </summary>
public sealed class Register(OperatorPolicy policy)
{
    private readonly Dictionary<OperatorId, OperatorState> _records = [];

    /// <summary>The rules; a negative control puts broken ones in their place.</summary>
    public Func<OperatorState, OperatorRequest, OperatorSituation, OperatorDecision> Decide { get; init; } =
        OperatorDecider.Decide;

    public OperatorPolicy Policy { get; set; } = policy;

    /// <summary>The same records; what happens to the copy does not change this one.</summary>
    public Register Copy()
    {
        var copy = new Register(Policy) { Decide = Decide };
        foreach (var (id, state) in _records)
        {
            copy._records.Add(id, state);
        }

        return copy;
    }

    public IEnumerable<OperatorState> Records => _records.Values;

    public OperatorState this[string name] =>
        _records.GetValueOrDefault(World.Person(name)) ?? OperatorState.Unknown(World.Person(name));

    public Authority AuthorityOf(OperatorId person, DateTimeOffset now)
    {
        var state = this[person.Value];
        return new(person, state.StandingAt(now, Policy), state.Roles, null, state.Since, state.PersonId);
    }

    /// <summary>Enrols the first admins as the settings do.</summary>
    public void Found(DateTimeOffset now, params string[] names)
    {
        foreach (var name in names)
        {
            Assert.Null(Send(name, new OperatorCommand.EnrollFounder("digest"), Caller.System, now).Refusal);
        }
    }

    public OperatorDecision Send(
        string about, OperatorCommand command, Caller caller, DateTimeOffset now, string? requestId = null,
        long? expected = null)
    {
        var request = new OperatorRequest(command, caller, requestId, expected);
        var state = this[about];
        var facts = OperatorDecider.NeedsRegister(state, command)
            ? RegisterFacts.Of(state, request, _records.Values, now, Policy)
            : RegisterFacts.NotAsked;
        var people = OperatorDecider.PeopleConcerned(state, request).ToDictionary(p => p, p => AuthorityOf(p, now));
        var decision = Decide(state, request, new(now, Policy, people, facts));
        var digest = requestId is null ? null : RequestDigest.Of(state.Id, request);
        foreach (var e in decision.Events)
        {
            Append(about, e, caller.Actor, now, requestId, digest);
        }

        return decision;
    }

    public void Append(
        string about, OperatorEvent e, Actor actor, DateTimeOffset now, string? requestId = null, string? digest = null)
    {
        var state = this[about];
        _records[state.Id] =
            OperatorEvolver.Evolve(state, new(e, state.Version + 1, now, actor, requestId, digest));
    }
}
