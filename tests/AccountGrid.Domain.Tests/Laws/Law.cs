using System.Collections.Immutable;
using System.Text.Json;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>A law does not hold.</summary>
public sealed class LawBrokenException(string law) : Exception(law);

/// <summary>The laws of the design, judged from what happened: journals, clock and what the admin said, never from the rules under test.</summary>
public static class Law
{
    /// <summary>
    /// A protected account never goes down, and nothing is erased or unprotected, without two people who both have the power at that instant. Where a
    /// service asked on the owner's behalf, the second person is another subject than the service's.
    /// </summary>
    public static void TwoToHarm(World world)
    {
        foreach (var step in world.Steps)
        {
            foreach (var entry in step.Appended)
            {
                var isProtected = step.Before.Designation is not null || step.Situation.Followers is null or >= 1000
                    || HadTheReach(step) || entry.Event is AccountEvent.Erased or AccountEvent.ProtectionLowered;
                if (!isProtected || (StaffHarm(entry.Event) ?? OwnersHarm(entry.Event)) is not { } harm)
                {
                    continue;
                }

                Require(harm.ApprovedBy is not null, "one identity alone harmed a protected account", step);
                var second = harm.ApprovedBy!.Value;
                Require(
                    !second.Value.Equals(harm.PlacedBy.Subject, StringComparison.OrdinalIgnoreCase), "the second person was the first", step);
                Require(
                    harm.PlacedBy.Person is not { } first || HadAuthority(step, first, Roles.Support),
                    "the proposer had no authority when it executed",
                    step);
                Require(HadAuthority(step, second, Roles.Approver), "the approver had no authority when it executed", step);
                Require(!InNotice(step, second), "the approver was in the notice period", step);
            }
        }
    }

    /// <summary>Nothing executes in the name of somebody whose authority ended.</summary>
    public static void AuthorityEndsBeforeThePerson(World world)
    {
        foreach (var step in world.Steps)
        {
            foreach (var entry in step.Appended)
            {
                if (StaffHarm(entry.Event) is { } harm)
                {
                    Require(HadAuthority(step, harm.PlacedBy.Person!.Value, Roles.Support), "a harm by somebody without authority", step);
                    Require(harm.ApprovedBy is not { } second || HadAuthority(step, second, Roles.Approver), "an approval by somebody without authority", step);
                    Require(
                        harm.ApprovedBy is not null || !InNotice(step, harm.PlacedBy.Person.Value), "a lone harm in the notice period", step);
                }
            }
        }
    }

    /// <summary>A person acts as a person: the owner's variants of commands are no way round the standing and the budget of that person.</summary>
    public static void PeopleActAsPeople(World world)
    {
        foreach (var step in world.Steps.Where(s => s.Decision is Decision.Accepted && SpeaksForAPerson(s)))
        {
            var isOwners = step.Request.Command is AccountCommand.Harm { Action.Kind: HarmKind.OwnerDeactivate }
                or AccountCommand.Restore { Owner: true };
            Require(!isOwners, "a token of a person acted as the owner", step);
        }

        static bool SpeaksForAPerson(Step step) =>
            (step.Request.Caller.Roles & Roles.Staff) != Roles.None
            || (OperatorId.TryParse(step.Request.Caller.Actor.Subject, out var subject)
                && step.Grants.ContainsKey(subject));
    }

    /// <summary>Whoever has the power to restore is never told to wait, to ask or to spend. Probed in the world's present state.</summary>
    public static void OneToHeal(World world)
    {
        foreach (var account in world.Accounts.ToArray())
        {
            if (account.Status == AccountStatus.Erased || !account.Holds.Any(h => h.Kind != HoldKind.OwnerDeactivation))
            {
                continue;
            }

            foreach (var (person, grant) in world.Grants)
            {
                if (World.Has(grant, Roles.Support, world.Now))
                {
                    var decision = world.Probe(account.Id, new(Commands.Restore(), World.As(person.Value))).Decision;
                    Require(decision is Decision.Accepted { Outcome: Outcome.Done }, $"{person} may not restore {account.Id}: {decision}", null);
                }
            }
        }
    }

    /// <summary>The journal gives the same state however often it is folded, and from any snapshot on.</summary>
    public static void FoldingIsRepeatable(World world)
    {
        foreach (var account in world.Accounts)
        {
            var live = Text(account);
            Require(Text(world.Fold(account.Id)) == live, "the journal folds to another state than the live one", null);
            Require(Text(world.Fold(account.Id)) == live, "folding twice gives two states", null);
            for (var length = 0; length <= world.Journal(account.Id).Count; length += 3)
            {
                var snapshot = world.Journal(account.Id).Take(length).Aggregate(AccountState.Unregistered(account.Id), AccountEvolver.Evolve);
                Require(Text(world.Fold(account.Id, length, snapshot)) == live, $"a snapshot at {length} leads to another state", null);
            }
        }
    }

    /// <summary>A request id acts at most once on an account.</summary>
    public static void ARequestIdActsOnce(World world)
    {
        var acted = new HashSet<(AccountId, string)>();
        foreach (var step in world.Steps.Where(s => s.Request.RequestId is not null && !s.Appended.IsEmpty))
        {
            Require(acted.Add((step.Before.Id, step.Request.RequestId!)), $"request id {step.Request.RequestId} acted twice", step);
        }
    }

    /// <summary>
    /// A request id that was refused for the state or for want of power is answered the same from then on, whatever
    /// has become of state and power; except that a caller whose authority has ended is told so, and so is a service
    /// whose subject is an operator's. Repetitions of attempts that were counted only are the stated exception.
    /// </summary>
    public static void ARefusalIsFinal(World world)
    {
        var refusals = new Dictionary<(AccountId, string), (string Digest, Refusal Refusal)>();
        foreach (var step in world.Steps.Where(s => s.Request.RequestId is not null))
        {
            var key = (step.Before.Id, step.Request.RequestId!);
            var digest = RequestDigest.Of(step.Before.Id, step.Request);
            if (refusals.TryGetValue(key, out var earlier) && earlier.Digest == digest)
            {
                Require(
                    (step.Decision is Decision.Replayed { Request.Refusal: { } again } && again == earlier.Refusal)
                        || (step.Decision is Decision.Refused { Refusal.Reason: RefusalReason.AuthorityEnded }
                            && step.Request.Caller.Actor.Person is { } caller
                            && !World.Has(step.Grants.GetValueOrDefault(caller), Roles.Staff, step.Situation.Now))
                        || (step.Decision is Decision.Refused { Refusal.Reason: RefusalReason.ForbiddenRole }
                            && step.Request.Caller.Actor is { Kind: ActorKind.Service } service
                            && OperatorId.TryParse(service.Subject, out var namesake)
                            && step.Grants.ContainsKey(namesake)),
                    $"refused before ({earlier.Refusal.Reason}), now {step.Decision}", step);
            }
            else if (step.Decision is Decision.Refused
            {
                IsCounted: false, Refusal:
                {
                    Reason: not (RefusalReason.InvalidArgument or RefusalReason.RequestIdConflict)
                } refusal
            })
            {
                refusals.TryAdd(key, (digest, refusal));
            }
        }
    }

    /// <summary>
    /// Of attempts for want of power, a caller has a bounded number of entries on an account within any hour; and
    /// every attempt is an entry, in the number of one, or counted still.
    /// </summary>
    public static void RefusedCallersFillNoJournal(World world)
    {
        foreach (var account in world.Accounts)
        {
            var refused = world.Journal(account.Id).Where(e => e.Event is AccountEvent.AttemptRefused)
                .ToLookup(e => e.Actor);
            foreach (var caller in refused)
            {
                var powerless = caller.Where(e => e.Event is AccountEvent.AttemptRefused
                { Reason: RefusalReason.ForbiddenRole or RefusalReason.AuthorityEnded }).ToArray();

                // Two windows may touch the same hour.
                Require(
                    powerless.All(last => powerless.Count(
                        e => e.At <= last.At && e.At > last.At - Limits.RefusalWindow)
                            <= 2 * Limits.PowerlessRefusalEntries),
                    $"{caller.Key} filled the journal of {account.Id}", null);
                var told = caller.Sum(e => 1 + (((AccountEvent.AttemptRefused)e.Event).Counted?.Count ?? 0));
                var asked = world.Steps.Count(s => s.Before.Id == account.Id && s.Request.Caller.Actor == caller.Key
                    && s.Decision is Decision.Refused { Refusal: var r } && (r.IsRecorded || (r.IsRemembered && s.Request.RequestId is not null)));
                Require(
                    told + world.CountedOf(account.Id, caller.Key) == asked,
                    $"{asked} refused attempts of {caller.Key}, {told} told", null);
            }
        }
    }

    /// <summary><c>Version</c> is the journal's length; <c>StateVersion</c> moves with movements of holds and protection only.</summary>
    public static void VersionsTellTheTruth(World world)
    {
        foreach (var account in world.Accounts)
        {
            var journal = world.Journal(account.Id);
            Require(journal.Select(e => e.Sequence).SequenceEqual(Enumerable.Range(1, journal.Count).Select(i => (long)i)), "a gap in the journal", null);
            Require(account.Version == journal.Count, "the version is not the journal's length", null);
            var moved = journal.Last(e => e.Event is AccountEvent.Registered or AccountEvent.HoldPlaced or AccountEvent.HoldLifted
                or AccountEvent.SuspensionProlonged or AccountEvent.SuspensionShortened
                or AccountEvent.Erased or AccountEvent.ProtectionRaised or AccountEvent.ProtectionLowered);
            Require(account.StateVersion == moved.Sequence, $"state version {account.StateVersion}, last movement {moved.Sequence}", null);
        }
    }

    /// <summary>
    /// What heals brings the end of a suspension nearer, and every move to a later end is told as the harm that it is.
    /// </summary>
    public static void EndsOfSuspensionsMoveAsTold(World world)
    {
        foreach (var account in world.Accounts)
        {
            var end = DateTimeOffset.MinValue;
            foreach (var entry in world.Journal(account.Id))
            {
                switch (entry.Event)
                {
                    case AccountEvent.HoldPlaced { Action: { Kind: HarmKind.Suspend } action }:
                        end = action.Until ?? DateTimeOffset.MaxValue;
                        break;
                    case AccountEvent.SuspensionProlonged { Action.Until: var until }:
                        Require((until ?? DateTimeOffset.MaxValue) > end, $"{account.Id}: no later end", null);
                        end = until ?? DateTimeOffset.MaxValue;
                        break;
                    case AccountEvent.SuspensionShortened { Until: var until }:
                        Require(until < end, $"{account.Id}: a later end without the rules of harms", null);
                        end = until;
                        break;
                    default:
                        break;
                }
            }
        }
    }

    /// <summary><c>Erased &gt; Suspended &gt; Deactivated &gt; Active</c>, from the holds that the journal placed and lifted.</summary>
    public static void StatusFollowsThePrecedence(World world)
    {
        foreach (var account in world.Accounts)
        {
            var holds = new HashSet<HoldKind>();
            var erased = false;
            foreach (var entry in world.Journal(account.Id))
            {
                _ = entry.Event switch
                {
                    AccountEvent.HoldPlaced e => holds.Add(e.Action.PlacesHold!.Value),
                    AccountEvent.HoldLifted e => holds.Remove(e.Kind),
                    AccountEvent.Erased => erased = true,
                    _ => false,
                };
            }

            var expected = erased ? AccountStatus.Erased
                : holds.Contains(HoldKind.Suspension) ? AccountStatus.Suspended
                : holds.Count > 0 ? AccountStatus.Deactivated
                : AccountStatus.Active;
            Require(account.Status == expected, $"{account.Id} is {account.Status}, should be {expected}", null);
        }
    }

    /// <summary>
    /// No person and no service harms more, by number or by reach alone, than the budget allows within any window.
    /// </summary>
    public static void BudgetsHold(World world)
    {
        var policy = world.OperatorPolicy;
        var actors = Script.People.Select(name => Actor.Operator(World.Person(name)))
            .Concat(Script.People.Select(Actor.Service)).Append(World.Service.Actor);
        foreach (var actor in actors)
        {
            var (most, furthest) = actor.Kind == ActorKind.Service
                ? (policy.ServiceMaxHarms, policy.ServiceMaxReach)
                : (policy.MaxHarms, policy.MaxReach);
            var charges = world.ChargesOf(actor).ToImmutableArray();
            foreach (var last in charges)
            {
                var window = charges.Where(c => c.At <= last.At && c.At > last.At - world.OperatorPolicy.BudgetWindow).ToArray();
                Require(window.Length <= most, $"{actor} harmed {window.Length} times within a window", null);
                Require(window.Sum(c => c.Reach) <= furthest, $"{actor} reached {window.Sum(c => c.Reach)} alone", null);
            }
        }
    }

    /// <summary>What time does is the system's act, never a person's.</summary>
    public static void TimeActsAsTheSystem(World world)
    {
        foreach (var entry in world.Accounts.SelectMany(a => world.Journal(a.Id)))
        {
            var isTimes = entry.Event is AccountEvent.HoldLifted { Cause: LiftCause.Expired } or AccountEvent.ProposalClosed { State: ProposalState.Refused };
            Require(!isTimes || entry.Actor.Kind == ActorKind.System, $"{entry.Actor} did what time does", null);
        }
    }

    public static string Text(AccountState state) => JsonSerializer.Serialize(state);

    private static (Actor PlacedBy, OperatorId? ApprovedBy)? StaffHarm(AccountEvent e) => e switch
    {
        AccountEvent.HoldPlaced { Action.Kind: not HarmKind.OwnerDeactivate } x => (x.PlacedBy, x.ApprovedBy),
        AccountEvent.SuspensionProlonged x => (x.PlacedBy, x.ApprovedBy),
        AccountEvent.Erased x => (x.PlacedBy, x.ApprovedBy),
        AccountEvent.ProtectionLowered x => (x.PlacedBy, x.ApprovedBy),
        _ => null,
    };

    private static (Actor PlacedBy, OperatorId? ApprovedBy)? OwnersHarm(AccountEvent e) =>
        e is AccountEvent.HoldPlaced { Action.Kind: HarmKind.OwnerDeactivate } x ? (x.PlacedBy, x.ApprovedBy) : null;

    /// <summary>
    /// Whether the account had the followers that protect within the cool-off, and no two people have lowered its
    /// protection since; by the followers alone. A day less than the cool-off, because the clock of a script jumps back.
    /// </summary>
    private static bool HadTheReach(Step step) => step.LastAtReach is { } last && step.Situation.Now < last + TimeSpan.FromDays(29);

    private static bool HadAuthority(Step step, OperatorId person, Roles role) => World.Has(step.Grants.GetValueOrDefault(person), role, step.Situation.Now);

    private static bool InNotice(Step step, OperatorId person) =>
        step.Grants[person].EndsAt is { } end && step.Situation.Now >= end - TimeSpan.FromDays(14);

    private static void Require(bool holds, string law, Step? step)
    {
        if (!holds)
        {
            throw new LawBrokenException(step is null ? law : $"{law}: {step.Request} at {step.Situation.Now:O}");
        }
    }
}
