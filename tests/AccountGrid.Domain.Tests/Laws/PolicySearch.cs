using System.Globalization;
using AccountGrid.Domain.Tests.Policy;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// Every sequence of so many commands on the policy record: by some callers, by silos with any settings, and by time.
/// The law: a value that protects less than the one before comes from two different people who have both been admins
/// since before the proposal, and an hour after the approval; settings alone never weaken.
/// </summary>
/// <param name="Callers">Who sends commands.</param>
/// <param name="Depth">Commands in a sequence.</param>
public sealed record PolicySearch(string[] Callers, int Depth)
{
    private const string Reach = "Accounts:ProtectedReach";
    private const string CoolOff = "Operators:PowerCoolOff";
    private const string Reasons = "Accounts:Reasons";
    private static readonly DateTimeOffset Start = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);

    private static readonly (string, string)[][] Settings =
    [
        [(Reach, "2000000"), (CoolOff, "00:00:00"), (Reasons, "EVIL,SPAM")], [(Reach, "1000"), (Reasons, "ABUSE,SPAM")],
    ];

    private static readonly (string, string)[][] Proposals =
    [
        [(Reach, "2000000")], [(CoolOff, "00:00:00")], [(Reasons, "EVIL"), (Reach, "500")],
    ];

    /// <summary>The rules under test.</summary>
    public Func<PolicyState, PolicyRequest, OperatorSituation, PolicyDecision> Decide { get; init; } =
        PolicyDecider.Decide;

    /// <summary>How many states were visited.</summary>
    /// <exception cref="LawBrokenException">
    /// The law does not hold; the message has the commands that led there.
    /// </exception>
    public int Run()
    {
        var register = new Register(new OperatorPolicy());
        register.Found(Start.AddDays(-90), "ann", "bob");
        register.Append(
            "eve", new OperatorEvent.Enrolled(Roles.Support, "", null), Actor.Operator(World.Person("ann")),
            Start.AddDays(-9));
        var first = new PolicyRecord(register) { Decide = Decide };
        first.Send(PolicyRecord.Settings(), Caller.System, Start);
        return StateSearch.Run(
            (Record: first, Now: Start, Path: ""), static at => Fingerprint(at.Record, at.Now),
            at => Successors(at.Record, at.Now, at.Path), Depth);
    }

    private IEnumerable<(PolicyRecord Record, DateTimeOffset Now, string Path)> Successors(
        PolicyRecord record, DateTimeOffset now, string path)
    {
        foreach (var named in Settings)
        {
            yield return Sent(record, PolicyRecord.Settings(named), Caller.System, now, path);
        }

        foreach (var caller in Callers)
        {
            var pending = record.State.Proposal?.Sequence;
            PolicyCommand[] decisions = pending is { } sequence
                ? [
                    new PolicyCommand.Approve(sequence, null, ""), new PolicyCommand.Reject(sequence, ""),
                    new PolicyCommand.Withdraw(sequence, ""), new PolicyCommand.FireDue(),
                ]
                : [];
            foreach (var command in Proposals.Select(PolicyRecord.Values).Concat(decisions))
            {
                yield return Sent(record, command, World.As(caller), now, path);
            }
        }

        // Eve becomes an admin, as two admins may decide: what was proposed before is not for her to approve.
        if (!record.Register["eve"].Roles.HasFlag(Roles.Admin))
        {
            var raised = record.Copy();
            raised.Register.Append(
                "eve", new OperatorEvent.Enrolled(Roles.Admin, "", null), Actor.Operator(World.Person("ann")), now);
            yield return (raised, now, $"{path}; eve becomes an admin");
        }

        foreach (var step in (TimeSpan[])[TimeSpan.FromMinutes(61), TimeSpan.FromDays(2)])
        {
            yield return Sent(
                record, new PolicyCommand.FireDue(), Caller.System, now + step, $"{path}; {step} pass");
        }
    }

    private static (PolicyRecord, DateTimeOffset, string) Sent(
        PolicyRecord before, PolicyCommand command, Caller caller, DateTimeOffset now, string path)
    {
        var after = before.Copy();
        after.Send(command, caller, now);
        var did = $"{path}; {caller.Actor.Subject}: {command.Name}";
        Check(before, after, now, did);
        return (after, now, did);
    }

    private static void Check(PolicyRecord before, PolicyRecord after, DateTimeOffset now, string path)
    {
        var weakens = NumberOf(after) > NumberOf(before) || TimeOf(after) < TimeOf(before)
            || after[Reasons].Split(',').Except(before[Reasons].Split(',')).Any();
        if (!weakens)
        {
            return;
        }

        var adopted = after.Journal[^1].Event as PolicyEvent.Adopted ?? throw Broken("weakened without two admins");
        var proposed = after.Journal[(int)adopted.Consent.ProposalSequence - 1];
        var approved = after.Journal.LastOrDefault(
            e => e.Event is PolicyEvent.Approved a && a.Sequence == adopted.Consent.ProposalSequence);
        var approver = approved?.Actor.Person ?? after.Journal[^1].Actor.Person;
        var coolOff = TimeOf(before);
        if (proposed.Event is not PolicyEvent.Proposed || proposed.Actor.Person is not { } first
            || approver is not { } second || first == second || !IsAdminSince(first) || !IsAdminSince(second))
        {
            throw Broken("weakened without two admins of before");
        }

        if (coolOff > TimeSpan.Zero && !(approved is not null && now >= approved.At + coolOff))
        {
            throw Broken("weakened before its time");
        }

        bool IsAdminSince(OperatorId person) =>
            after.Register[person.Value] is var admin && admin.Roles.HasFlag(Roles.Admin)
            && admin.Since.Admin <= proposed.At;

        LawBrokenException Broken(string law) => new($"{law}: {path}");
    }

    private static long NumberOf(PolicyRecord record) => long.Parse(record[Reach], CultureInfo.InvariantCulture);

    private static TimeSpan TimeOf(PolicyRecord record) =>
        TimeSpan.Parse(record[CoolOff], CultureInfo.InvariantCulture);

    /// <summary>All that later decisions depend on; versions differ between ways to the same state.</summary>
    private static string Fingerprint(PolicyRecord record, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{now:O} {record[Reach]} {record[CoolOff]} {record[Reasons]} {record.Register["eve"].Since.Admin:O} {(
            record.State.Proposal is { } p
                ? $"{p.State} {string.Join(' ', p.Changes)} {p.ProposedBy} {p.ProposedAt:O} {p.ApprovedBy} {p.DueAt:O}"
                : "")}");
}
