using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>Derives an account's index row from its state.</summary>
internal static class AccountIndex
{
    public static StreamIndexRow.Account RowOf(AccountState state) => new()
    {
        Version = state.Version,
        Id = state.Id,
        Handle = state.Handle,
        Status = state.Status,
        Designated = state.Designation is not null || state.Reach is not null,
        ProposalSequence = state.Proposal?.Sequence,
        ProposedBy = state.Proposal?.ProposedBy.Person,
        DueAt = state.DueAt,
    };
}
