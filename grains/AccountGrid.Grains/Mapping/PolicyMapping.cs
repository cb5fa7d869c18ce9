using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Maps the policy record to what callers get.</summary>
internal static class PolicyMapping
{
    public static PolicyInfo ToInfo(this PolicyState state) => new(
        [.. state.Values.Select(static v => new PolicyValueInfo(v.Key, v.Value))], state.Version, state.PolicyVersion,
        state.Proposal is { } proposal ? ToInfo(proposal) : null);

    public static PolicyReply ToReply(this PolicyResult result) => new(
        result.Outcome, result.State.ToInfo(), result.ProposalSequence, result.Refusal?.ToInfo())
    {
        After = result.After?.ToInfo(),
    };

    public static PolicyDifferencesInfo ToDifferences(this PolicyFollower follower) => new(
        follower.State.PolicyVersion,
        [.. follower.Differences.Select(
            static d => new PolicyDifferenceInfo(d.Name, d.InForce, d.Own, d.IsWeaker))]);

    public static PolicyInput.Configure ToInput(this SiloPolicy settings) => new(
        [.. settings.ToCommand().Values.Select(static v => new PolicyValueInfo(v.Key, v.Value))],
        [.. settings.Named]);

    private static PolicyProposalInfo ToInfo(PolicyProposal proposal) => new(
        proposal.Sequence, proposal.State,
        [.. proposal.Changes.Select(static c => new PolicyChangeInfo(c.Name, c.From, c.To, c.Weakens))], proposal.Note,
        proposal.Digest, proposal.ProposedBy.Value, proposal.ProposedAt, proposal.ApprovedBy?.Value, proposal.DueAt);
}
