using System.Collections.Immutable;
using AccountGrid.Chaos.Running;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// What a journal comes to after some of its entries. Written apart from the silo's own fold on purpose: one that
/// shared its code would share its mistakes.
/// </summary>
internal sealed record AccountFold
{
    /// <summary>How many entries are folded in.</summary>
    public long Version { get; private init; }

    /// <summary>The holds, in lower case.</summary>
    public ImmutableSortedSet<string> Holds { get; private init; } = [];

    /// <summary>Whether it is erased.</summary>
    public bool Erased { get; private init; }

    /// <summary>Whether it is protected explicitly.</summary>
    public bool Designated { get; private init; }

    /// <summary>Whether it is protected by the followers that it has or had.</summary>
    public bool Reach { get; private init; }

    /// <summary>What waits, by the sequence that opened it.</summary>
    public long? Pending { get; private init; }

    /// <summary>Why the last entry cannot follow the ones before it, or <c>null</c>.</summary>
    public string? Damage { get; private init; }

    /// <summary>Whether the account is up, by precedence.</summary>
    public Account.Types.Status Status =>
        StatusRule.Of(Erased, Holds.Contains("suspension"), !Holds.IsEmpty);

    /// <summary>The state after 0, 1, 2 ... entries; ends early behind the first entry that cannot be.</summary>
    public static ImmutableArray<AccountFold> Of(ImmutableArray<JournalLine> journal)
    {
        var states = ImmutableArray.CreateBuilder<AccountFold>(journal.Length + 1);
        var state = new AccountFold();
        states.Add(state);
        foreach (var line in journal)
        {
            state = state.After(line);
            states.Add(state);
            if (state.Damage is not null)
            {
                break;
            }
        }

        return states.ToImmutable();
    }

    private AccountFold After(JournalLine line)
    {
        if (line.Sequence != Version + 1)
        {
            return this with { Damage = $"entry {line} follows version {Version}" };
        }

        if ((line.Type == "registered") != (Version == 0))
        {
            return this with { Damage = $"entry {line} at version {Version}" };
        }

        return Apply(line) with { Version = line.Sequence };
    }

    private AccountFold Apply(JournalLine line) => line.Type switch
    {
        "registered" or "attempt-refused" or "followers-lost" or "loss-baseline" or "follower-loss-refused"
            or "follower-loss-closed" => this,
        "hold-placed" => Place(line),
        "hold-lifted" => Holds.Contains(line.Hold)
            ? this with { Holds = Holds.Remove(line.Hold) }
            : this with { Damage = $"nothing to lift: {line}" },
        "erased" => Erased ? this with { Damage = $"erased twice: {line}" } : Executed(line) with { Erased = true },
        "reach-protected" => this with { Reach = true },
        "reach-below" => Reach ? this : this with { Damage = $"not protected by reach: {line}" },
        "reach-unprotected" => Reach ? this with { Reach = false } : this with { Damage = $"not protected by reach: {line}" },
        "protection-raised" => this with { Designated = true },
        "follower-loss-allowed" => Executed(line),
        "protection-lowered" => Executed(line) with { Designated = false },
        "proposal-opened" or "action-scheduled" => Pending is null
            ? this with { Pending = line.Sequence }
            : this with { Damage = $"{Pending} is pending already: {line}" },
        "proposal-approved" => Pending == line.Proposal ? this : this with { Damage = $"not what is pending: {line}" },
        "proposal-closed" => Executed(line),
        _ => this with { Damage = $"unknown entry {line}" },
    };

    private AccountFold Place(JournalLine line)
    {
        var hold = line.Action switch
        {
            "deactivate" => "staffdeactivation",
            "suspend" => "suspension",
            "ownerdeactivate" => "ownerdeactivation",
            _ => null,
        };
        return hold is null || Erased || Holds.Contains(hold)
            ? this with { Damage = $"cannot be placed: {line}" }
            : Executed(line) with { Holds = Holds.Add(hold) };
    }

    /// <summary>Whatever names a proposal ends it.</summary>
    private AccountFold Executed(JournalLine line) =>
        line.Proposal is null ? this
        : line.Proposal == Pending ? this with { Pending = null }
        : this with { Damage = $"not what is pending: {line}" };
}
