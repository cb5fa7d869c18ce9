using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>What a journal entry of the policy says. A closed hierarchy.</summary>
public abstract record PolicyEvent
{
    private PolicyEvent()
    {
    }

    /// <summary>
    /// Values of settings that the record did not know: all of them at the first start, later those that a new version
    /// of the program adds.
    /// </summary>
    public sealed record SettingsRecorded(ImmutableSortedDictionary<string, string> Values) : PolicyEvent;

    /// <summary>A silo started with stricter settings.</summary>
    public sealed record Tightened(ImmutableArray<SettingChange> Changes) : PolicyEvent;

    /// <summary>Other values wait for a second admin.</summary>
    public sealed record Proposed(
        ImmutableArray<SettingChange> Changes, string Note, string Digest, DateTimeOffset ExpiresAt) : PolicyEvent;

    /// <summary>A proposal got its second admin (the entry's actor) and waits for the end of its cool-off.</summary>
    public sealed record Approved(long Sequence, string Note, DateTimeOffset EffectiveAt) : PolicyEvent;

    /// <summary>A proposal ended without effect.</summary>
    /// <param name="Sequence">The sequence that opened the proposal.</param>
    /// <param name="State">How it ended.</param>
    /// <param name="Reason">The refusal, where it is void or expired.</param>
    /// <param name="Note">Free text, or why it is void.</param>
    public sealed record ProposalClosed(
        long Sequence, ProposalState State, RefusalReason Reason, string Note) : PolicyEvent;

    /// <summary>Two admins' values are in force.</summary>
    public sealed record Adopted(ImmutableArray<SettingChange> Changes, Consent Consent, string Note) : PolicyEvent;

    /// <summary>An attempt to change the policy was refused.</summary>
    public sealed record AttemptRefused(string Attempt, RefusalReason Reason, string Message) : PolicyEvent;
}
