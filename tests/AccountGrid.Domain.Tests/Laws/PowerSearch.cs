using System.Globalization;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// Every sequence of so many commands on a small register, by some callers and the system. Each state that can be
/// reached is visited once, and the laws are checked at every step.
/// </summary>
/// <param name="Callers">Who sends commands; more than one of them act together.</param>
/// <param name="Targets">Whose records they change.</param>
/// <param name="Depth">Commands in a sequence.</param>
public sealed record PowerSearch(string[] Callers, string[] Targets, int Depth)
{
    private static readonly DateTimeOffset Start = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);
    private static readonly TimeSpan[] Steps = [TimeSpan.FromMinutes(61), TimeSpan.FromDays(8)];

    /// <summary>The commands besides approving, rejecting and withdrawing what waits.</summary>
    public OperatorCommand[] Commands { get; init; } =
    [
        new OperatorCommand.Enroll(Roles.Staff, "", null),
        new OperatorCommand.Enroll(Roles.Support, "", null),
        new OperatorCommand.Offboard(Start, ""),
        new OperatorCommand.Offboard(Start.AddDays(7), ""),
    ];

    /// <summary>The rules under test.</summary>
    public Func<OperatorState, OperatorRequest, OperatorSituation, OperatorDecision> Decide { get; init; } =
        OperatorDecider.Decide;

    /// <summary>How many states were visited.</summary>
    /// <exception cref="LawBrokenException">A law does not hold; the message has the commands that led there.</exception>
    public int Run()
    {
        var first = new Register(new OperatorPolicy { MaxLowered = 1 }) { Decide = Decide };
        foreach (var (name, roles) in ((string, Roles)[])[
            ("ann", Roles.Admin), ("bob", Roles.Admin), ("cid", Roles.Admin),
            ("kim", Roles.Support | Roles.Approver), ("zoe", Roles.Support | Roles.Approver)])
        {
            first.Append(
                name, new OperatorEvent.Enrolled(roles, name, null), Actor.Operator(World.Person("root")),
                Start.AddDays(-90));
        }

        return StateSearch.Run(
            (Register: first, Now: Start, Path: ""), static at => Fingerprint(at.Register, at.Now),
            at => Successors(at.Register, at.Now, at.Path), Depth);
    }

    private IEnumerable<(Register Register, DateTimeOffset Now, string Path)> Successors(
        Register register, DateTimeOffset now, string path)
    {
        foreach (var target in Targets)
        {
            var pending = register[target].Proposal?.Sequence;
            OperatorCommand[] decisions = pending is { } sequence
                ? [
                    new OperatorCommand.Approve(sequence, null, ""), new OperatorCommand.Reject(sequence, ""),
                    new OperatorCommand.Withdraw(sequence, ""),
                ]
                : [];
            foreach (var caller in Callers)
            {
                foreach (var command in Commands.Concat(decisions))
                {
                    var after = register.Copy();
                    after.Send(target, command, World.As(caller), now);
                    var did = $"{path}; {caller}: {command.Name} {target}";
                    PowerLaw.Check(register, after, target, caller, now, Callers.Length == 1, did);
                    yield return (after, now, did);
                }
            }
        }

        foreach (var step in Steps)
        {
            var (later, then, did) = (register.Copy(), now + step, $"{path}; {step} pass");
            foreach (var target in Targets)
            {
                var before = later.Copy();
                later.Send(target, new OperatorCommand.FireDue(), Caller.System, then);
                PowerLaw.Check(before, later, target, caller: null, then, Callers.Length == 1, did);
            }

            yield return (later, then, did);
        }
    }

    /// <summary>All that later decisions depend on; versions differ between ways to the same state.</summary>
    private static string Fingerprint(Register register, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{now:O} {string.Join('|', register.Records.OrderBy(r => r.Id.Value, StringComparer.Ordinal).Select(One))}");

    private static string One(OperatorState r) => string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Id} {r.PowerVersion > 0} {r.Roles} {r.AuthorityEndsAt:O} {r.Since} {r.LoweredBy} {r.LoweredAt:O} {(
            r.Proposal is { } p
                ? $"{p.State} {p.Change} {p.ProposedBy} {p.ProposedAt:O} {p.ApprovedBy} {p.DueAt:O} {p.PowerVersion == r.PowerVersion}"
                : "")}");
}
