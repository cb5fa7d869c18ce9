using System.Collections.Immutable;

namespace AccountGrid.Domain.Tests;

/// <summary>The rules under test; a negative control puts broken ones in their place.</summary>
public sealed record Rules(
    Func<AccountState, AccountRequest, Situation, Decision> Decide,
    Func<AccountState, Recorded<AccountEvent>, AccountState> Evolve)
{
    public static Rules Real { get; } = new(AccountDecider.Decide, AccountEvolver.Evolve);
}

/// <summary>One request and everything about it, for laws to judge.</summary>
public sealed record Step(
    AccountState Before, AccountRequest Request, Situation Situation, Decision Decision, AccountState After,
    ImmutableArray<Recorded<AccountEvent>> Appended, ImmutableDictionary<OperatorId, Grant> Grants)
{
    /// <summary>When the account last had the followers that protect; <c>null</c> = never.</summary>
    public DateTimeOffset? LastAtReach { get; init; }

    public Refusal? Refusal => (Decision as Decision.Refused)?.Refusal;

    public Outcome? Outcome => (Decision as Decision.Accepted)?.Outcome;
}

/// <summary>
/// What an admin last said of a person; kept beside the operator's journal, so that laws do not ask the rules under
/// test.
/// </summary>
public sealed record Grant(Roles Roles, DateTimeOffset? EndsAt);

/// <summary>
/// A tiny installation in memory: accounts, operators, a clock and followers. It does what a processor does (ask,
/// decide, append, evolve) and nothing else.
/// </summary>
public sealed class World(Rules? rules = null)
{
    public const string Admin = "root";
    private const string OtherAdmin = "other.admin";
    private readonly Rules _rules = rules ?? Rules.Real;
    private readonly Dictionary<AccountId, AccountState> _accounts = [];
    private readonly Dictionary<AccountId, List<Recorded<AccountEvent>>> _journals = [];
    private readonly Dictionary<AccountId, long> _lastKnown = [];
    private readonly Dictionary<(AccountId, Actor), (Step Last, CountedRefusals Counted)> _refused = [];

    // Enrolling is at once here: what takes two admins and time is tested with a register of its own.
    private readonly Register _register =
        new(new() { PowerCoolOff = TimeSpan.Zero, MaxLowered = 10_000 });

    public static Caller Service { get; } = new(Actor.Service("product"), Roles.Service);

    public DateTimeOffset Now { get; private set; } = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);

    public AccountPolicy AccountPolicy { get; init; } = new();

    public OperatorPolicy OperatorPolicy { get; init; } = new();

    public BrakePolicy BrakePolicy { get; init; } = new();

    public BrakeState Brake { get; private set; } = BrakeState.Initial;

    public List<Recorded<BrakeEvent>> BrakeJournal { get; } = [];

    public Dictionary<AccountId, long?> Followers { get; } = [];

    public ImmutableDictionary<OperatorId, Grant> Grants { get; private set; } =
        ImmutableDictionary<OperatorId, Grant>.Empty;

    public List<Step> Steps { get; } = [];

    public IEnumerable<AccountState> Accounts => _accounts.Values;

    public static OperatorId Person(string name) => OperatorId.Parse(name);

    /// <summary>A person's verified token, with every staff role unless said otherwise: the register decides.</summary>
    public static Caller As(string name, Roles inToken = Roles.Staff) => new(Actor.Operator(Person(name)), inToken);

    public AccountState this[AccountId id] => _accounts[id];

    public IReadOnlyList<Recorded<AccountEvent>> Journal(AccountId id) => _journals[id];

    /// <summary>
    /// Changes the followers as a processor does: what unfollows would take away is entered before, and a crossing
    /// afterwards, unless <paramref name="crashes"/>.
    /// </summary>
    public void SetFollowers(AccountId account, long? followers, bool crashes = false)
    {
        // A count that cannot be read has not changed: unfollows wait until it can.
        var before = Followers[account] ?? _lastKnown.GetValueOrDefault(account);
        _lastKnown[account] = followers ?? before;
        if (followers < before && ReachRules.MustProtectFirst(this[account], before, AccountPolicy))
        {
            Followers[account] = before;
            NoteReach(account);
        }

        Followers[account] = followers;
        if (before >= AccountPolicy.ProtectedReach || followers >= AccountPolicy.ProtectedReach)
        {
            LastAtReach[account] = Now;
        }

        if (!crashes)
        {
            NoteReach(account);
        }
    }

    /// <summary>When each account last had the followers that protect, by the followers alone.</summary>
    public Dictionary<AccountId, DateTimeOffset> LastAtReach { get; } = [];

    public Step NoteReach(AccountId account) => Send(account, new AccountCommand.NoteReach(), Caller.System);

    public void Advance(TimeSpan by)
    {
        foreach (var (account, followers) in Followers.Where(f => f.Value >= AccountPolicy.ProtectedReach))
        {
            LastAtReach[account] = by > TimeSpan.Zero ? Now + by : Now;
        }

        Now += by;
    }

    public AccountId Register(long id, long? followers = 100, string handle = "somebody")
    {
        var account = new AccountId(id);
        var state = AccountState.Unregistered(account);
        var accepted = Assert.IsType<Decision.Accepted>(AccountDecider.Register(state, handle, Service));
        _journals[account] = [];
        _accounts[account] = Append(state, accepted.Events, new(new AccountCommand.FireDue(), Service)).State;
        Followers[account] = followers;
        if (followers >= AccountPolicy.ProtectedReach)
        {
            LastAtReach[account] = Now;
        }

        return account;
    }

    public void Enroll(string name, Roles roles = Roles.Support | Roles.Approver, DateTimeOffset? endsAt = null)
    {
        if (Ask(name, new OperatorCommand.Enroll(roles, name, endsAt)))
        {
            Grants = Grants.SetItem(Person(name), new(roles, endsAt));
        }
    }

    /// <summary>Enrols by one admin alone, whatever the id looks like, as versions before 0.2 did.</summary>
    public void EnrollAsBefore(string name, Roles roles = Roles.Support | Roles.Approver)
    {
        _register.Append(name, new OperatorEvent.Enrolled(roles, name, null), Actor.Operator(Person(Admin)), Now);
        Grants = Grants.SetItem(Person(name), new(roles, null));
    }

    public void Offboard(string name, DateTimeOffset endsAt)
    {
        var end = endsAt > Now ? endsAt : Now;
        if (Ask(name, new OperatorCommand.Offboard(endsAt, "")) && Grants.TryGetValue(Person(name), out var grant) && !(grant.EndsAt < end))
        {
            Grants = Grants.SetItem(Person(name), grant with { EndsAt = end });
        }
    }

    public OperatorState Operator(string name) => _register[name];

    /// <summary>Whether a person has a role and authority at this instant, by what the admin said.</summary>
    public static bool Has(Grant? grant, Roles role, DateTimeOffset now) =>
        grant is not null && (grant.Roles & role) != Roles.None && (grant.EndsAt is not { } end || now < end);

    /// <summary>Decides without changing anything.</summary>
    public (Situation Situation, Decision Decision) Probe(AccountId account, AccountRequest request)
    {
        var state = _accounts.TryGetValue(account, out var known) ? known : AccountState.Unregistered(account);
        var empty = new Situation(Now, Followers.GetValueOrDefault(account), AccountPolicy, Situation.NoAuthorities)
        {
            Counted = _refused.GetValueOrDefault((account, request.Caller.Actor)).Counted,
        };
        var questions = AccountDecider.Questions(state, request, empty);
        var answers = questions.DistinctBy(static q => q.Person).ToDictionary(static q => q.Person, Answer);
        var situation = empty with
        {
            Authorities = answers,
            ServiceBudget = questions.FirstOrDefault(
                static q => q is { OfAService: true, Intent: not null }) is { } asked
                ? Budget.Check(
                    ChargesOf(asked.Payer), asked.Intent!.Reach, Now, OperatorPolicy, ActorKind.Service)
                : null,
        };
        var decision = _rules.Decide(state, request, situation);
        if (Domain.Brake.LoneHarmOf(account, decision) is { } harm && BrakedUntil(harm.Reach) is { } until)
        {
            situation = situation with { BrakedUntil = until };
            decision = _rules.Decide(state, request, situation);
        }

        return (situation, decision);
    }

    /// <summary>What the brake's processor would answer: until when it is engaged, or would be by this harm.</summary>
    private DateTimeOffset? BrakedUntil(long reach) =>
        Brake.EngagedAt(Now)?.Until
            ?? (Domain.Brake.Fits(LoneCharges.Count(), LoneCharges.Sum(c => c.Reach), reach, BrakePolicy)
                ? null
                : Now + BrakePolicy.Window);

    /// <summary>The harms of one identity alone that count now.</summary>
    private IEnumerable<HarmCharge> LoneCharges =>
        from journal in _journals.Values
        from entry in journal
        where entry.At > Domain.Brake.CountsAfter(Brake, Now, BrakePolicy)
            && entry.Event is AccountEvent.HoldPlaced { ApprovedBy: null }
                or AccountEvent.SuspensionProlonged { ApprovedBy: null }
        select new HarmCharge(entry.At, Budget.ChargeOf(entry.Event)!.Value.Reach);

    /// <summary>Asks for the brake's release, as its processor does.</summary>
    public BrakeDecision Release(string name, string note = "looked at", string? requestId = null)
    {
        var request = new BrakeReleaseRequest(As(name), note, requestId);
        var decision = Domain.Brake.Release(Brake, request, Answer(new(Person(name), null)), Now);
        if (decision.Event is { } released)
        {
            AppendToBrake(new(
                released, Brake.Version + 1, Now, request.Caller.Actor, requestId,
                requestId is null ? null : RequestDigest.OfRelease(request), StepTrace(Steps.Count)));
        }

        return decision;
    }

    /// <summary>Tells what came first, because the clock of a script jumps back.</summary>
    private static string StepTrace(int number) => $"{number:x32}";

    private void AppendToBrake(Recorded<BrakeEvent> entry)
    {
        BrakeJournal.Add(entry);
        Brake = BrakeEvolver.Evolve(Brake, entry);
    }

    public Step Send(
        AccountId account, AccountCommand command, Caller caller, string? requestId = null, long? expected = null)
    {
        var request = new AccountRequest(command, caller, requestId, expected);
        var before = _accounts.TryGetValue(account, out var known) ? known : AccountState.Unregistered(account);
        var (situation, decision) = Probe(account, request);
        if (situation.BrakedUntil is not null && Brake.EngagedAt(Now) is null)
        {
            AppendToBrake(new(
                Domain.Brake.Engage(LoneCharges.Count(), LoneCharges.Sum(c => c.Reach), Now, BrakePolicy),
                Brake.Version + 1, Now, Actor.System, TraceId: StepTrace(Steps.Count)));
        }

        var events = decision switch
        {
            Decision.Accepted a => a.Events,
            Decision.Refused r => r.Events,
            _ => [],
        };
        var (after, appended) = Append(before, events, request);
        if (known is not null)
        {
            _accounts[account] = after;
        }

        var step = new Step(before, request, situation, decision, after, appended, Grants)
        {
            LastAtReach = LastAtReach.TryGetValue(account, out var at) ? at : null,
        };
        if (appended.Any(e => e.Event is AccountEvent.ProtectionLowered))
        {
            LastAtReach.Remove(account);
        }

        Steps.Add(step);
        NoteRefused(account, step);
        return step;
    }

    /// <summary>Makes entries of the refused attempts that were counted, as a processor does when it ends.</summary>
    public void SumUp(AccountId account)
    {
        foreach (var ((_, actor), (last, _)) in _refused.Where(r => r.Key.Item1 == account).ToArray())
        {
            Send(account, new AccountCommand.SumUpRefusals(last.Request.Command.Name, last.Refusal!),
                new(actor, Roles.None));
        }
    }

    /// <summary>Refused attempts that were counted and are in no entry yet.</summary>
    public long CountedOf(AccountId account, Actor caller) =>
        _refused.GetValueOrDefault((account, caller)).Counted?.Count ?? 0;

    private void NoteRefused(AccountId account, Step step)
    {
        var key = (account, step.Request.Caller.Actor);
        if (step.Decision is Decision.Refused { IsCounted: true })
        {
            var before = _refused.GetValueOrDefault(key).Counted;
            _refused[key] = (step, new((before?.Count ?? 0) + 1, before?.FirstAt ?? step.Situation.Now,
                step.Situation.Now));
        }
        else if (step.Appended.Any(e => e.Event is AccountEvent.AttemptRefused))
        {
            _refused.Remove(key);
        }
    }

    /// <summary>Fires until nothing is due, as a processor does.</summary>
    public ImmutableArray<Step> FireDue(AccountId account)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        while (steps.Count < 20)
        {
            var step = Send(account, new AccountCommand.FireDue(), Caller.System);
            if (step.Appended.IsEmpty)
            {
                return steps.ToImmutable();
            }

            steps.Add(step);
        }

        throw new InvalidOperationException("Due work does not come to an end.");
    }

    public AccountState Fold(AccountId account, int from = 0, AccountState? snapshot = null) =>
        _journals[account].Skip(from).Aggregate(snapshot ?? AccountState.Unregistered(account), _rules.Evolve);

    /// <summary>Every harm that is charged to a person, with the instant and the reach.</summary>
    public IEnumerable<HarmCharge> ChargesOf(OperatorId person) => ChargesOf(Actor.Operator(person));

    /// <summary>Every harm that is charged to a person or a service, with the instant and the reach.</summary>
    public IEnumerable<HarmCharge> ChargesOf(Actor actor) =>
        from journal in _journals.Values
        from entry in journal
        let charge = Budget.ChargeOf(entry.Event)
        where charge is { } c && c.By == actor
        select new HarmCharge(entry.At, charge.Value.Reach);

    private Authority Answer(AuthorityQuestion question)
    {
        var record = Operator(question.Person.Value);
        var budget = question is { OfAService: false, Intent: { } intent }
            ? Budget.Check(ChargesOf(question.Person), intent.Reach, Now, OperatorPolicy)
            : null;
        return new(
            question.Person, record.StandingAt(Now, OperatorPolicy), record.Roles, budget, record.Since,
            record.PersonId);
    }

    /// <summary>One admin asks, and the other one approves where it takes two.</summary>
    /// <returns>Whether it was done.</returns>
    private bool Ask(string name, OperatorCommand command)
    {
        if (!_register.Records.Any())
        {
            _register.Found(Now, Admin, OtherAdmin);
        }

        var decision = _register.Send(name, command, As(Admin), Now);
        return decision.Refusal is null
            && (decision.Outcome == Outcome.Done
                || _register.Send(
                    name, new OperatorCommand.Approve(decision.ProposalSequence!.Value, null, ""), As(OtherAdmin), Now)
                    is { Refusal: null, Outcome: Outcome.Done });
    }

    private (AccountState State, ImmutableArray<Recorded<AccountEvent>> Appended) Append(
        AccountState state, ImmutableArray<AccountEvent> events, AccountRequest request)
    {
        var appended = ImmutableArray.CreateBuilder<Recorded<AccountEvent>>();
        foreach (var e in events)
        {
            var digest = request.RequestId is null ? null : RequestDigest.Of(state.Id, request);
            var trace = StepTrace(Steps.Count + 1);
            var entry = new Recorded<AccountEvent>(
                e, state.Version + 1, Now, request.Caller.Actor, request.RequestId, digest, trace);
            state = _rules.Evolve(state, entry);
            appended.Add(entry);
            _journals[state.Id].Add(entry);
        }

        return (state, appended.ToImmutable());
    }
}
