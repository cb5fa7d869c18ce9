namespace AccountGrid.Chaos.Linearizability;

/// <summary>
/// An account's count as far as clients see it. Which edges there are is not a part of it
/// (<see cref="Checkers.EdgeChecker"/> knows them one by one): that keeps it small.
/// </summary>
/// <param name="Least">The count, at least: where one client alone cannot know whether an earlier attempt acted, it is
/// a range until somebody looks.</param>
/// <param name="Most">The count, at most.</param>
/// <param name="Version">The version last seen; it grows by one with every batch that changed something.</param>
/// <param name="LeastChanges">Edges changed since then, at least.</param>
/// <param name="MostChanges">Edges changed since then, at most; so many batches there may have been.</param>
/// <param name="Bulk">What the ingests under way may have done so far.</param>
internal readonly record struct LedgerState(
    long Least, long Most, long Version, long LeastChanges, long MostChanges, Bulk Bulk)
{
    public override string ToString() =>
        $"count {(Least == Most ? Least : $"{Least} to {Most}")} at version {Version} and {(LeastChanges == MostChanges ? LeastChanges : $"{LeastChanges} to {MostChanges}")} changes"
        + (Bulk == default ? "" : $", amid ingests of {Bulk.Follows} follows and {Bulk.Unfollows} unfollows");
}

/// <summary>Changes that take effect batch by batch, nobody knows when and in which part.</summary>
internal readonly record struct Bulk(long Follows, long Unfollows)
{
    public static Bulk operator +(Bulk one, Bulk other) =>
        new(one.Follows + other.Follows, one.Unfollows + other.Unfollows);

    public static Bulk operator -(Bulk one, Bulk other) =>
        new(one.Follows - other.Follows, one.Unfollows - other.Unfollows);
}

/// <summary>What is asked. A closed hierarchy.</summary>
internal abstract record LedgerInput
{
    /// <summary>A follow or unfollow, by what it does to the count: from -1 to 1.</summary>
    public sealed record Change(int Least, int Most) : LedgerInput
    {
        public override string ToString() => Least == Most ? $"change by {Least}" : $"change by {Least} to {Most}";
    }

    /// <summary>An ingest begins: from now on the count may be anything that a part of it makes.</summary>
    public sealed record BulkBegins(Bulk Bulk) : LedgerInput
    {
        public override string ToString() => $"ingest of {Bulk.Follows} follows and {Bulk.Unfollows} unfollows begins";
    }

    /// <summary>It is over, and came to so much.</summary>
    public sealed record BulkEnds(Bulk Bulk, int Least, int Most, int MostChanges) : LedgerInput
    {
        public override string ToString() => $"ingest ends, change by {Least} to {Most}";
    }

    /// <summary>A look at the count.</summary>
    public sealed record Look : LedgerInput
    {
        public override string ToString() => "look";
    }
}

/// <summary>What is answered. A closed hierarchy.</summary>
internal abstract record LedgerOutput
{
    /// <summary>Done; with a change, the count's version afterwards.</summary>
    public sealed record Done(long? VersionAfter = null) : LedgerOutput
    {
        public override string ToString() => VersionAfter is { } version ? $"done by version {version}" : "done";
    }

    /// <summary>A count that is exact.</summary>
    public sealed record Shown(long Count, long Version) : LedgerOutput
    {
        public override string ToString() => $"count {Count}, version {Version}";
    }
}

/// <summary>
/// "How many followers does it show": every count shown is what the changes before it come to, and its version has
/// grown by no more batches than there were changes, and by one at least if there was any.
/// </summary>
internal sealed class LedgerModel : Model<LedgerState, LedgerInput, LedgerOutput>
{
    public static LedgerModel Instance { get; } = new();

    public override LedgerState Initial => default;

    public override IEnumerable<LedgerState> Step(LedgerState state, LedgerInput input, LedgerOutput? output) =>
        (input, output) switch
        {
            (_, { } answer) when state.Version > Versions(input, answer).Most => [],
            (LedgerInput.Change change, _) => [Changed(state, change)],
            (LedgerInput.BulkBegins begins, _) => [state with { Bulk = state.Bulk + begins.Bulk }],
            (LedgerInput.BulkEnds ends, _) => [Ended(state, ends)],
            (LedgerInput.Look, LedgerOutput.Shown shown) => Look(state, shown),
            _ => [],
        };

    public override long VersionOf(LedgerState state) => state.Version;

    public override (long Least, long Most) Versions(LedgerInput input, LedgerOutput output) => (input, output) switch
    {
        (LedgerInput.Change change, LedgerOutput.Done { VersionAfter: { } after }) when IsCertain(change) =>
            (0, after - 1),
        (_, LedgerOutput.Shown shown) => (shown.Version, shown.Version),
        _ => (0, long.MaxValue),
    };

    public override bool OnlyLooks(LedgerInput input, LedgerOutput output) => input is LedgerInput.Look;

    private static bool IsCertain(LedgerInput.Change change) => change.Least > 0 || change.Most < 0;

    private static LedgerState Changed(LedgerState state, LedgerInput.Change change) => state with
    {
        Least = state.Least + change.Least,
        Most = state.Most + change.Most,
        LeastChanges = state.LeastChanges + (IsCertain(change) ? 1 : 0),
        MostChanges = state.MostChanges + 1,
    };

    /// <summary>Some of its changes may have been seen already.</summary>
    private static LedgerState Ended(LedgerState state, LedgerInput.BulkEnds ends) => state with
    {
        Bulk = state.Bulk - ends.Bulk,
        Least = state.Least + ends.Least,
        Most = state.Most + ends.Most,
        MostChanges = state.MostChanges + ends.MostChanges,
    };

    private static IEnumerable<LedgerState> Look(LedgerState state, LedgerOutput.Shown shown)
    {
        var (count, version) = (shown.Count, shown.Version);
        var batches = version - state.Version;
        var changes = state.MostChanges + state.Bulk.Follows + state.Bulk.Unfollows;
        if (count < state.Least - state.Bulk.Unfollows || count > state.Most + state.Bulk.Follows
            || batches < (state.LeastChanges > 0 ? 1 : 0) || batches > changes)
        {
            return [];
        }

        // Nobody has changed anything since: the state is the same, and the search knows that nothing else need be
        // tried.
        return [state.Bulk == default
            ? state with { Least = count, Most = count, Version = version, LeastChanges = 0, MostChanges = 0 }
            : state with { Version = version, LeastChanges = 0 }];
    }
}
