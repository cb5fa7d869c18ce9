using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Follow batches to the domain's and back.</summary>
internal static class FollowMapping
{
    /// <summary>The changes, or why they are refused.</summary>
    public static (ImmutableArray<FollowChange> Changes, Refusal? Refusal) ToChanges(
        ImmutableArray<FollowInput> inputs, CallerInfo caller)
    {
        if ((caller.Roles & Roles.MayWriteFollowers) == Roles.None)
        {
            return ([], Refusal.ForbiddenRole(Roles.MayWriteFollowers));
        }

        if (FollowRules.CheckBatch(inputs.Length) is { } tooLarge)
        {
            return ([], tooLarge);
        }

        var changes = ImmutableArray.CreateBuilder<FollowChange>(inputs.Length);
        foreach (var input in inputs)
        {
            // An id that names no account becomes the default one, which the rules refuse by name.
            changes.Add(new(AccountId.TryCreate(input.Follower, out var follower) ? follower : default, input.Follows));
        }

        return (changes.MoveToImmutable(), null);
    }

    public static FollowReply ToReply(this FollowOutcome outcome) =>
        new(outcome.Changed, outcome.After?.ToInfo(), outcome.Refusal?.ToInfo());
}
