using System.Collections.Immutable;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Linearizability;

/// <summary>What is known of an account for certain.</summary>
[Flags]
internal enum Facts
{
    None = 0,
    OwnerDeactivation = 1,
    StaffDeactivation = 2,
    Suspension = 4,

    /// <summary>The suspension has an end.</summary>
    SuspensionEnds = 8,
    Erased = 16,
}

/// <summary>What is to be done once a second person, or the time, has come.</summary>
/// <param name="Sequence">The entry that opened it; 0 = nothing waits.</param>
/// <param name="Places">What it places.</param>
/// <param name="HasTime">Whether it is for a later instant.</param>
/// <param name="WaitsForTimeOnly">Whether nobody need approve it any more.</param>
internal readonly record struct Waiting(long Sequence, Facts Places, bool HasTime, bool WaitsForTimeOnly);

/// <summary>An account's journal as far as clients see it.</summary>
/// <param name="Version">Its length.</param>
/// <param name="Facts">What holds.</param>
/// <param name="Waiting">What waits.</param>
internal readonly record struct JournalState(long Version, Facts Facts, Waiting Waiting)
{
    private readonly string? _refused;

    /// <summary>The operations that were refused although an earlier attempt of them may still be under way, in words, so that equal ones are equal.</summary>
    public string Refused
    {
        get => _refused ?? "";
        init => _refused = value.Length == 0 ? null : value;
    }

    /// <summary>Whether the account is up, by precedence.</summary>
    public Account.Types.Status Status =>
        StatusRule.Of(Facts.HasFlag(Facts.Erased), Facts.HasFlag(Facts.Suspension), (Facts & JournalModel.Holds) != Facts.None);

    public override string ToString() =>
        $"version {Version}, {Status} ({Facts})" + (Waiting.Sequence > 0 ? $", {Waiting.Sequence} waits{(Waiting.WaitsForTimeOnly ? " for its time" : "")}" : "");
}

/// <summary>What is asked. A closed hierarchy.</summary>
internal abstract record JournalInput
{
    /// <summary>A command.</summary>
    /// <param name="Kind">Which.</param>
    /// <param name="Proposal">The proposal that it is about.</param>
    /// <param name="EndsByItself">Whether what it places has an end.</param>
    /// <param name="Refused">
    /// The number of an operation that was refused without a trace, while attempts before the refused one were never answered; <c>null</c> = none. Those are a call of their own, and
    /// act behind the refusal or never: had they acted before, their request id would have been known.
    /// </param>
    public sealed record Command(OperationKind Kind, long? Proposal = null, bool EndsByItself = false, int? Refused = null) : JournalInput
    {
        /// <summary>Whether its refusal left an entry behind; <c>null</c> = as such refusals do.</summary>
        public bool? LeavesEntry { get; init; }

        /// <summary>How <see cref="JournalState.Refused"/> has it.</summary>
        public string Mark => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"#{Refused};");

        public override string ToString() => $"{Kind}{(Proposal is { } sequence ? $" {sequence}" : "")}{(EndsByItself ? " with an end" : "")}";
    }

    /// <summary>A look at the account.</summary>
    /// <param name="MinVersion">Nothing older is wanted.</param>
    public sealed record Look(long MinVersion = 0) : JournalInput
    {
        public override string ToString() => MinVersion > 0 ? $"look, not below {MinVersion}" : "look";
    }

    /// <summary>A visitor's look, who sees an account that is up and nothing of one that is down.</summary>
    public sealed record Visit : JournalInput
    {
        public override string ToString() => "visit";
    }
}

/// <summary>What is answered. A closed hierarchy.</summary>
internal abstract record JournalOutput
{
    /// <summary>To a command.</summary>
    /// <param name="Verdict">How it ended.</param>
    /// <param name="Reason">The refusal.</param>
    /// <param name="Proposal">The proposal opened.</param>
    /// <param name="SeenVersion">The account's version that came with the answer: its own entries are in it.</param>
    public sealed record Outcome(Verdict Verdict, string Reason = "", long? Proposal = null, long? SeenVersion = null) : JournalOutput
    {
        public override string ToString() => $"{Verdict}{(Reason.Length > 0 ? " " + Reason : "")}{(SeenVersion is { } version ? $" by version {version}" : "")}";
    }

    /// <summary>To a look.</summary>
    public sealed record Shown(long Version, Account.Types.Status? Status) : JournalOutput
    {
        public override string ToString() => $"version {Version}, {Status}";
    }

    /// <summary>To a visit.</summary>
    public sealed record Visited(bool IsUp) : JournalOutput
    {
        public override string ToString() => IsUp ? "there it is" : "nothing there";
    }
}

/// <summary>
/// "Is it up": an account's commands, one after the other, as the design's rules let a client see them. Written apart from the silo's rules on purpose. What a client cannot know (budgets,
/// roles, etags, the tier) allows either outcome; what only the account's state explains (wrong status, something waits already, no such proposal) must be true at that instant.
/// The system may act between any two: a suspension that has an end ends, what waits expires, fires, or is turned down as it fires.
/// </summary>
internal sealed class JournalModel : Model<JournalState, JournalInput, JournalOutput>
{
    public const Facts Holds = Facts.OwnerDeactivation | Facts.StaffDeactivation | Facts.Suspension;
    private const Facts StaffHolds = Facts.StaffDeactivation | Facts.Suspension | Facts.SuspensionEnds;

    private readonly ImmutableHashSet<long> _reachNotes = [];

    public static JournalModel Instance { get; } = new();

    /// <summary>
    /// The model of an account, whose journal says where the system noted that the followers had crossed the threshold
    /// of protection, or were lost.
    /// </summary>
    public static JournalModel Of(RecoveredState? recovered, long account) =>
        recovered is not null && recovered.Accounts.TryGetValue(account, out var found)
            && found.Journal
                .Where(l => l.Type.StartsWith("reach-", StringComparison.Ordinal)
                    || l.Type is "followers-lost" or "loss-baseline" or "follower-loss-refused")
                .Select(l => l.Sequence).ToImmutableHashSet() is { IsEmpty: false } notes
            ? new JournalModel(notes)
            : Instance;

    private JournalModel()
    {
    }

    private JournalModel(ImmutableHashSet<long> reachNotes) => _reachNotes = reachNotes;

    public override JournalState Initial => default;

    public override IEnumerable<JournalState> Step(JournalState state, JournalInput input, JournalOutput? output)
    {
        var most = LatestVersion(output);
        return WithSystemActs(state).Where(s => s.Version <= most).SelectMany(s => After(s, input, output)).Where(s => s.Version <= most).Distinct();
    }

    public override long VersionOf(JournalState state) => state.Version;

    public override (long Least, long Most) Versions(JournalInput input, JournalOutput output) => output switch
    {
        JournalOutput.Shown shown => (shown.Version, shown.Version),
        JournalOutput.Outcome { SeenVersion: { } seen } => (0, seen - 1),
        _ => (0, long.MaxValue),
    };

    public override bool OnlyLooks(JournalInput input, JournalOutput output) =>
        output is not JournalOutput.Outcome outcome || (outcome.Verdict == Verdict.Refused && input is JournalInput.Command { Refused: null } command && !IsRecorded(command, outcome.Reason));

    /// <summary>Whether a refusal leaves an entry behind.</summary>
    public static bool IsRecorded(JournalInput.Command command, string reason) =>
        command.LeavesEntry ?? JournalChecker.IsRecorded(reason, command.Kind, command.Proposal is not null);

    /// <summary>The version that an answer shows: nothing later is in it.</summary>
    private static long LatestVersion(JournalOutput? output) => output switch
    {
        JournalOutput.Shown shown => shown.Version,
        JournalOutput.Outcome { SeenVersion: { } seen } => seen,
        _ => long.MaxValue,
    };

    private static IEnumerable<JournalState> After(JournalState state, JournalInput input, JournalOutput? output) => (input, output) switch
    {
        (JournalInput.Look look, JournalOutput.Shown shown) => When(
            shown.Version == state.Version && shown.Version >= look.MinVersion && (shown.Status is null || shown.Status == state.Status), state),
        (JournalInput.Visit, JournalOutput.Visited visited) => When(visited.IsUp == (state.Version > 0 && state.Status == Account.Types.Status.Active), state),
        (JournalInput.Command command, JournalOutput.Outcome outcome) => outcome.Verdict switch
        {
            Verdict.Done => Acts(state, command),
            Verdict.Pending => Waits(state, command).Where(s => outcome.Proposal is null || s.Waiting.Sequence == outcome.Proposal),
            _ => JournalRefusals.Refuses(state, command, outcome.Reason),
        },
        (JournalInput.Command { Refused: not null } command, null) => state.Refused.Contains(command.Mark, StringComparison.Ordinal)
            ? Anything(state with { Refused = state.Refused.Replace(command.Mark, "", StringComparison.Ordinal) }, command)
            : [],
        (JournalInput.Command command, null) => Anything(state, command),
        _ => [],
    };

    private static IEnumerable<JournalState> Anything(JournalState state, JournalInput.Command command) =>
        Acts(state, command).Concat(Waits(state, command)).Concat(JournalRefusals.AnyRecorded(state, command));

    /// <summary>It is done.</summary>
    private static IEnumerable<JournalState> Acts(JournalState state, JournalInput.Command command)
    {
        if (command.Kind == OperationKind.Register)
        {
            return When(state.Version == 0, state with { Version = 1 });
        }

        var isThere = state.Version > 0 && !state.Facts.HasFlag(Facts.Erased);
        return !isThere ? [] : command.Kind switch
        {
            OperationKind.Deactivate or OperationKind.Suspend =>
                When(CanPlace(state, PlacedBy(command)), Moved(state, state.Facts | PlacedBy(command), entries: 1)),
            OperationKind.OwnerDeactivate => When(CanPlace(state, PlacedBy(command)), OwnersMoved(state, state.Facts | PlacedBy(command))),
            OperationKind.Protect => [Moved(state, state.Facts, entries: 1)],
            OperationKind.Restore => Lift(state, StaffHolds),
            OperationKind.OwnerRestore => When(state.Facts.HasFlag(Facts.OwnerDeactivation), OwnersMoved(state, state.Facts & ~Facts.OwnerDeactivation)),
            OperationKind.Approve => When(IsOpen(state, command.Proposal), Fired(state)),
            OperationKind.Reject or OperationKind.Withdraw => When(IsWaiting(state, command.Proposal), Closed(state, entries: 1)),
            _ => [],
        };
    }

    /// <summary>It waits: for a second person, or for its time.</summary>
    private static IEnumerable<JournalState> Waits(JournalState state, JournalInput.Command command)
    {
        var version = state.Version + 1;
        switch (command.Kind)
        {
            case OperationKind.Approve when IsOpen(state, command.Proposal) && state.Waiting.HasTime:
                return [state with { Version = version, Waiting = state.Waiting with { WaitsForTimeOnly = true } }];
            case OperationKind.Deactivate or OperationKind.DeactivateLater or OperationKind.Suspend or OperationKind.OwnerDeactivate or OperationKind.Erase:
                break;
            default:
                return [];
        }

        if (state.Version == 0 || state.Waiting.Sequence > 0 || !CanPlace(state, PlacedBy(command)))
        {
            return [];
        }

        var isLater = command.Kind == OperationKind.DeactivateLater;
        var open = state with { Version = version, Waiting = new(version, PlacedBy(command), isLater, WaitsForTimeOnly: false) };
        return isLater ? [open, open with { Waiting = open.Waiting with { WaitsForTimeOnly = true } }] : [open];
    }

    /// <summary>A state, and whatever the system may make of it with nobody asking. Few: each act uses something up.</summary>
    private List<JournalState> WithSystemActs(JournalState state)
    {
        var states = new List<JournalState> { state };
        for (var i = 0; i < states.Count; i++)
        {
            var s = states[i];
            if (s.Facts.HasFlag(Facts.SuspensionEnds))
            {
                states.Add(Moved(s, s.Facts & ~(Facts.Suspension | Facts.SuspensionEnds), entries: 1));
            }

            if (_reachNotes.Contains(s.Version + 1) && s.Version > 0)
            {
                states.Add(s with { Version = s.Version + 1 });
            }

            if (s.Waiting.Sequence > 0)
            {
                states.Add(Closed(s, entries: 1));
            }

            if (s.Waiting is { Sequence: > 0, WaitsForTimeOnly: true } && CanPlace(s, s.Waiting.Places))
            {
                states.Add(Fired(s));
            }
        }

        return states;
    }

    /// <summary>Whether the account's status allows it.</summary>
    public static bool CanPlace(JournalState state, Facts facts) => (state.Facts & (Facts.Erased | (facts & Holds))) == Facts.None;

    /// <summary>Whether a proposal waits.</summary>
    public static bool IsWaiting(JournalState state, long? proposal) => state.Waiting.Sequence > 0 && state.Waiting.Sequence == proposal;

    /// <summary>Whether a proposal waits for its second person.</summary>
    public static bool IsOpen(JournalState state, long? proposal) => IsWaiting(state, proposal) && !state.Waiting.WaitsForTimeOnly;

    /// <summary>What a command places, or asks to be placed.</summary>
    public static Facts PlacedBy(JournalInput.Command command) => command.Kind switch
    {
        OperationKind.Deactivate or OperationKind.DeactivateLater => Facts.StaffDeactivation,
        OperationKind.Suspend => command.EndsByItself ? Facts.Suspension | Facts.SuspensionEnds : Facts.Suspension,
        OperationKind.OwnerDeactivate => Facts.OwnerDeactivation,
        OperationKind.Erase => Facts.Erased,
        _ => Facts.None,
    };

    /// <summary>What waited is closed, one of so many entries.</summary>
    public static JournalState Closed(JournalState state, int entries) => state with { Version = state.Version + entries, Waiting = default };

    public static IEnumerable<JournalState> When(bool condition, JournalState state) => condition ? [state] : [];

    private static JournalState Fired(JournalState state) => Closed(state, entries: 1) with { Facts = state.Facts | state.Waiting.Places };

    /// <summary>Holds or protection moved; that voids whatever was waiting, with an entry of its own.</summary>
    private static JournalState Moved(JournalState state, Facts facts, int entries) =>
        Closed(state, entries + (state.Waiting.Sequence > 0 ? 1 : 0)) with { Facts = facts };

    /// <summary>The owner's hold moved, which leaves what staff have pending.</summary>
    private static JournalState OwnersMoved(JournalState state, Facts facts) =>
        state.Waiting.Places.HasFlag(Facts.OwnerDeactivation) ? Moved(state, facts, entries: 1) : state with { Version = state.Version + 1, Facts = facts };

    private static IEnumerable<JournalState> Lift(JournalState state, Facts which)
    {
        var lifted = System.Numerics.BitOperations.PopCount((uint)(state.Facts & which & Holds));
        return When(lifted > 0, Moved(state, state.Facts & ~which, lifted));
    }
}
