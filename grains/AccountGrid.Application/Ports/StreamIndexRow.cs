using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What listing, search and due work need to know of a stream; derived from its journal and written with it. Closed hierarchy.</summary>
public abstract record StreamIndexRow
{
    private StreamIndexRow()
    {
    }

    /// <summary>The journal's length after the append.</summary>
    public required long Version { get; init; }

    /// <summary>The row of an account.</summary>
    public sealed record Account : StreamIndexRow
    {
        /// <summary>Which account.</summary>
        public required AccountId Id { get; init; }

        /// <summary>Its handle.</summary>
        public required string Handle { get; init; }

        /// <summary>Its derived status.</summary>
        public required AccountStatus Status { get; init; }

        /// <summary>Whether it is protected explicitly; protection by reach is a comparison with the follower count.</summary>
        public required bool Designated { get; init; }

        /// <summary>The pending proposal's sequence.</summary>
        public required long? ProposalSequence { get; init; }

        /// <summary>The pending proposal's proposer, where that is a person.</summary>
        public required OperatorId? ProposedBy { get; init; }

        /// <summary>When it has work that no request triggers.</summary>
        public required DateTimeOffset? DueAt { get; init; }
    }

    /// <summary>The row of an operator.</summary>
    public sealed record Operator : StreamIndexRow
    {
        /// <summary>Who.</summary>
        public required OperatorId Id { get; init; }

        /// <summary>Whether an offboarding still has to void what the person left pending.</summary>
        public required bool FreezePending { get; init; }
    }
}

/// <summary>Which accounts to list. Everything given must hold.</summary>
/// <param name="Status">Only this status.</param>
/// <param name="Tier">Only this tier, with <paramref name="ProtectedReach"/> as the threshold.</param>
/// <param name="HandlePrefix">Only handles that begin so, ASCII case ignored.</param>
/// <param name="ProtectedReach">Followers from which an account is protected by reach.</param>
public sealed record AccountFilter(AccountStatus? Status, Tier? Tier, string? HandlePrefix, long ProtectedReach);

/// <summary>How many accounts are down in one way.</summary>
/// <param name="Status">Any but <see cref="AccountStatus.Active"/>.</param>
/// <param name="Standard">Those of the standard tier.</param>
/// <param name="Protected">Those that are protected.</param>
public sealed record DownCount(AccountStatus Status, long Standard, long Protected);

/// <summary>The index over all streams.</summary>
public interface IStreamIndex
{
    /// <summary>Account ids in ascending order, above <paramref name="after"/> (0 = from the first), at most <paramref name="max"/>.</summary>
    Task<ImmutableArray<AccountId>> ListAccountsAsync(AccountFilter filter, long after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// How many accounts are down, by status; a status that none has may be absent. Costs time in proportion to the accounts that are down, protected or large, never to all of them.
    /// </summary>
    /// <param name="protectedReach">Followers from which an account is protected by reach.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    Task<ImmutableArray<DownCount>> CountDownAsync(long protectedReach, CancellationToken cancellationToken);

    /// <summary>Accounts with a pending proposal, ascending by id, above <paramref name="after"/>; optionally only one proposer's.</summary>
    Task<ImmutableArray<ProposalId>> ListProposalsAsync(OperatorId? proposedBy, long after, int max, CancellationToken cancellationToken);

    /// <summary>Accounts whose due time is at or before an instant, earliest first.</summary>
    Task<ImmutableArray<AccountId>> ListDueAsync(DateTimeOffset now, int max, CancellationToken cancellationToken);

    /// <summary>Operators, ordinally ascending, above <paramref name="after"/> (empty = from the first).</summary>
    Task<ImmutableArray<OperatorId>> ListOperatorsAsync(string after, int max, CancellationToken cancellationToken);

    /// <summary>Operators whose offboarding still has to void what they left pending.</summary>
    Task<ImmutableArray<OperatorId>> ListFreezePendingAsync(int max, CancellationToken cancellationToken);
}

/// <summary>The harms that journals record, by person: what budgets and undo are derived from.</summary>
public interface IHarmLog
{
    /// <summary>What counts against a person's budget after an instant, oldest first.</summary>
    Task<ImmutableArray<HarmCharge>> ReadChargesAsync(OperatorId person, DateTimeOffset after, CancellationToken cancellationToken);

    /// <summary>Accounts that a person harmed or approved harm to since an instant (inclusive), ascending, above <paramref name="afterAccount"/>.</summary>
    Task<ImmutableArray<AccountId>> ListHarmedAsync(OperatorId person, DateTimeOffset since, long afterAccount, int max, CancellationToken cancellationToken);
}
