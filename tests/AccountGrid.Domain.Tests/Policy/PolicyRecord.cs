using System.Collections.Immutable;

namespace AccountGrid.Domain.Tests.Policy;

/// <summary>
/// The policy record in memory, beside a register of admins. It does what its processor does (ask, decide, append,
/// evolve) and nothing else.
/// </summary>
public sealed class PolicyRecord(Register register)
{
    /// <summary>The rules; a negative control puts broken ones in their place.</summary>
    public Func<PolicyState, PolicyRequest, OperatorSituation, PolicyDecision> Decide { get; init; } =
        PolicyDecider.Decide;

    public Register Register => register;

    public PolicyState State { get; private set; } = PolicyState.Unrecorded;

    public List<Recorded<PolicyEvent>> Journal { get; } = [];

    /// <summary>The same record; what happens to the copy does not change this one.</summary>
    public PolicyRecord Copy()
    {
        var copy = new PolicyRecord(register.Copy()) { Decide = Decide, State = State };
        copy.Journal.AddRange(Journal);
        return copy;
    }

    public string this[string name] => State.Values[name];

    /// <summary>A silo's settings: the defaults, and what its configuration names.</summary>
    public static PolicyCommand.Configure Settings(params (string Name, string Value)[] named) => new(
        PolicySettings.ValuesOf(GridPolicy.Default)
            .SetItems(named.Select(static n => KeyValuePair.Create(n.Name, n.Value))),
        [.. named.Select(static n => n.Name)]);

    public static PolicyCommand.Propose Values(params (string Name, string Value)[] values) => new(
        values.ToImmutableSortedDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal), "why");

    public PolicyDecision Send(
        PolicyCommand command, Caller caller, DateTimeOffset now, string? requestId = null, long? expected = null)
    {
        var request = new PolicyRequest(command, caller, requestId, expected);
        var authorities = PolicyDecider.PeopleConcerned(State, request)
            .ToDictionary(static person => person, person => register.AuthorityOf(person, now));
        var decision = Decide(State, request, new(now, register.Policy, authorities, RegisterFacts.NotAsked));
        foreach (var e in decision.Events)
        {
            var entry = new Recorded<PolicyEvent>(
                e, State.Version + 1, now, caller.Actor, requestId,
                requestId is null ? null : RequestDigest.Of(request));
            State = PolicyEvolver.Evolve(State, entry);
            Journal.Add(entry);
        }

        return decision;
    }
}
