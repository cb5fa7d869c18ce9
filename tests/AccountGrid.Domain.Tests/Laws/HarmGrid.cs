using System.Collections.Immutable;
using System.Globalization;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// Two accounts, three people and a service at an instant; immutable, so that a search can go on from it in every
/// direction. Kim has every role of both sides, max is of support and pat an approver; kim's authority may end.
/// </summary>
internal sealed record HarmGrid
{
    /// <summary>The accounts, in the order of <see cref="Followers"/>.</summary>
    public static readonly AccountId[] Ids = [new(1), new(2)];

    private static readonly ImmutableDictionary<string, Roles> Roles = ImmutableDictionary.CreateRange(
    [
        KeyValuePair.Create("kim", Domain.Roles.Support | Domain.Roles.Approver),
        KeyValuePair.Create("max", Domain.Roles.Support), KeyValuePair.Create("pat", Domain.Roles.Approver),
    ]);

    /// <summary>The instant.</summary>
    public DateTimeOffset Now { get; init; } = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);

    /// <summary>The accounts' states.</summary>
    public ImmutableArray<AccountState> Accounts { get; init; } = [];

    /// <summary>The followers of each account.</summary>
    public ImmutableArray<long> Followers { get; init; } = [10, 5000];

    /// <summary>When each account last had the followers that protect; <c>null</c> = never.</summary>
    public ImmutableArray<DateTimeOffset?> LastAtReach { get; init; } = [null, null];

    /// <summary>Whether two people have lowered each account's protection since it was last large.</summary>
    public ImmutableArray<bool> Lowered { get; init; } = [false, false];

    /// <summary>When kim's authority ends; <c>null</c> = open.</summary>
    public DateTimeOffset? EndOfKim { get; init; }

    /// <summary>The brake over both accounts: one lone harm an hour.</summary>
    public BrakeState Braked { get; init; } = BrakeState.Initial;

    /// <summary>The brake's limits.</summary>
    public BrakePolicy Limit { get; init; } = new() { MaxHarms = 1 };

    /// <summary>When one identity alone harmed an account, ever.</summary>
    public ImmutableArray<DateTimeOffset> LoneHarms { get; init; } = [];

    /// <summary>The numbers in force.</summary>
    public AccountPolicy Policy { get; init; } = new() { ProtectedReach = 1000 };

    /// <summary>The grid in which both accounts are registered.</summary>
    public static HarmGrid Begin()
    {
        var grid = new HarmGrid();
        var accounts = Ids.Select(id => AccountEvolver.Evolve(
            AccountState.Unregistered(id),
            new(new AccountEvent.Registered("a_handle"), 1, grid.Now, World.Service.Actor, null, null, "")));
        return (grid with { Accounts = [.. accounts] }).WithCrossings();
    }

    /// <summary>Whether a person has a role at this instant.</summary>
    public bool Has(OperatorId person, Roles role) =>
        (Roles.GetValueOrDefault(person.Value) & role) != 0 && StandingOf(person) != Standing.Ended;

    /// <summary>The standing of a person at this instant, by what was said of kim's end.</summary>
    public Standing StandingOf(OperatorId person) =>
        !Roles.ContainsKey(person.Value) ? Standing.Ended
        : person.Value != "kim" || EndOfKim is not { } end || Now < end - TimeSpan.FromDays(14) ? Standing.Active
        : Now < end ? Standing.Notice
        : Standing.Ended;

    /// <summary>What the rules are told beside the account's state.</summary>
    public Situation SituationOf(int account, IEnumerable<AuthorityQuestion> questions) => new(
        Now, Followers[account], Policy, questions.DistinctBy(static q => q.Person).ToDictionary(
            static q => q.Person,
            q => q.OfAService
                ? Authority.Unknown(q.Person)
                : AuthorityOf(q.Person)))
    {
        BrakedUntil = Braked.EngagedAt(Now)?.Until,
    };

    private Authority AuthorityOf(OperatorId person) =>
        new(person, StandingOf(person), Roles.GetValueOrDefault(person.Value));

    /// <summary>The grid after a decision's events, and what was appended.</summary>
    public (HarmGrid Grid, ImmutableArray<AccountEvent> Appended) Send(
        int account, AccountCommand command, Caller caller,
        Func<AccountState, AccountRequest, Situation, Decision> decide)
    {
        var state = Accounts[account];
        var request = new AccountRequest(command, caller);
        var questions = AccountDecider.Questions(state, request, SituationOf(account, []));
        var decision = decide(state, request, SituationOf(account, questions));
        var grid = this;
        if (Brake.LoneHarmOf(state.Id, decision) is not null)
        {
            grid = WithLoneHarm();
            decision = grid.LoneHarms.Length > LoneHarms.Length
                ? decision
                : decide(state, request, grid.SituationOf(account, questions));
        }

        var events = (decision as Decision.Accepted)?.Events ?? [];
        foreach (var e in events)
        {
            state = AccountEvolver.Evolve(
                state, new(e, state.Version + 1, Now, caller.Actor, null, null, ""));
        }

        // What is done alone all the same is for the law to find.
        grid = grid.LoneHarms.Length == LoneHarms.Length && Brake.LoneHarmOf(state.Id, decision) is not null
            ? grid with { LoneHarms = grid.LoneHarms.Add(Now) }
            : grid;
        return (grid with
        {
            Accounts = Accounts.SetItem(account, state),
            Lowered = Lowered.SetItem(
                account, Lowered[account] || events.Any(static e => e is AccountEvent.ProtectionLowered)),
        }, events);
    }

    /// <summary>Lone harms that count now: within the window, and since the last release.</summary>
    public int CountedHarms() =>
        Brake.CountsAfter(Braked, Now, Limit) is var after ? LoneHarms.Count(at => at > after) : 0;

    /// <summary>The grid after a person has released the brake, if that is allowed.</summary>
    public HarmGrid Released(OperatorId person) =>
        Brake.Release(Braked, new(World.As(person.Value), "why"), AuthorityOf(person), Now).Event is { } released
            ? this with { Braked = Evolve(released, Actor.Operator(person)) }
            : this;

    /// <summary>The grid with one more lone harm, or with the brake engaged where that would be too many.</summary>
    private HarmGrid WithLoneHarm() => Brake.Fits(CountedHarms(), 0, 0, Limit)
        ? this with { LoneHarms = LoneHarms.Add(Now) }
        : this with { Braked = Evolve(Brake.Engage(CountedHarms(), 0, Now, Limit), Actor.System) };

    private BrakeState Evolve(BrakeEvent e, Actor actor) =>
        BrakeEvolver.Evolve(Braked, new(e, Braked.Version + 1, Now, actor, null, null, ""));

    /// <summary>The grid with other followers; a crossing is entered as a processor does.</summary>
    public HarmGrid WithFollowers(int account, long followers) =>
        (this with { Followers = Followers.SetItem(account, followers) }).WithCrossings();

    /// <summary>The grid at a later instant.</summary>
    public HarmGrid After(TimeSpan time)
    {
        var later = Now + time;
        return this with
        {
            Now = later,
            LastAtReach = [.. Ids.Index().Select(a => IsAtReach(a.Index) ? later : LastAtReach[a.Index])],
        };
    }

    /// <summary>The grid with the entries of crossings, and with the instants at which accounts were large.</summary>
    public HarmGrid WithCrossings()
    {
        var grid = this;
        for (var i = 0; i < Ids.Length; i++)
        {
            (grid, _) = grid.Send(i, new AccountCommand.NoteReach(), Caller.System, AccountDecider.Decide);
            grid = grid.IsAtReach(i)
                ? grid with
                {
                    LastAtReach = grid.LastAtReach.SetItem(i, grid.Now),
                    Lowered = grid.Lowered.SetItem(i, false),
                }
                : grid;
        }

        return grid;
    }

    /// <summary>All that later decisions depend on; versions differ between ways to the same grid.</summary>
    public string Fingerprint() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Now:O} {EndOfKim:O} {Braked.EngagedAt(Now)?.Until:O} {CountedHarms()} {Braked.Release?.At:O} {Policy.ProtectedReach} {string.Join('|', Accounts.Select((a, i) => One(i, a)))}");

    private bool IsAtReach(int account) => Followers[account] >= Policy.ProtectedReach;

    private string One(int i, AccountState s) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Followers[i]} {LastAtReach[i]:O} {Lowered[i]} {s.ErasedAt:O} {s.Designation} {s.Reach} {string.Join(',', s.Holds.Select(
            static h => $"{h.Kind} {h.PlacedBy} {h.ApprovedBy} {h.Until:O}"))} {(s.Proposal is { } p
                ? $"{p.State} {p.Action} {p.Shown} {p.ProposedBy} {p.ProposedAt:O} {p.ApprovedBy} {p.DueAt:O} {p.StateVersion == s.StateVersion}"
                : "")}");
}
