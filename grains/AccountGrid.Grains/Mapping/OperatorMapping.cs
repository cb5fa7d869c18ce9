using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Operators to what callers get, and what callers send to the domain's commands.</summary>
internal static class OperatorMapping
{
    public static OperatorInfo ToInfo(this OperatorView view) => new(
        view.State.Id.Value, view.State.DisplayName, view.State.Roles, view.Standing, view.State.AuthorityEndsAt, view.State.Version,
        view.HarmsInWindow, view.ReachInWindow, view.State.FreezePending);

    public static AuthorityInfo ToInfo(this AuthorityAnswer answer) =>
        new(answer.Authority.Standing, answer.Authority.Roles, answer.Authority.Budget?.ToInfo(), answer.Reservation);

    public static AuthorityInfo ToInfo(this Authority authority) => new AuthorityAnswer(authority, null).ToInfo();

    public static AuthorityAnswer ToAnswer(this AuthorityInfo info, OperatorId person) =>
        new(new Authority(person, info.Standing, info.Roles, info.Budget?.ToRefusal()), info.Reservation);

    public static OperatorCommand ToCommand(this OperatorInput input) => input switch
    {
        OperatorInput.Enroll c => new OperatorCommand.Enroll(c.Roles, c.DisplayName, c.AuthorityEndsAt),
        OperatorInput.Offboard c => new OperatorCommand.Offboard(c.AuthorityEndsAt, c.Note),
        OperatorInput.EnrollOnFirstUse c => new OperatorCommand.EnrollOnFirstUse(c.Roles),
        OperatorInput.ConfirmFrozen => new OperatorCommand.ConfirmFrozen(),
        OperatorInput.RecordUndo c => new OperatorCommand.RecordUndo(c.Since, c.Accounts, c.Note),
        _ => throw new InvalidOperationException($"Unknown command {input.GetType().Name}."),
    };

    /// <summary>The system itself, where a grain acts without a caller.</summary>
    public static CallerInfo System { get; } = new(Actor.System.Kind, Actor.System.Subject, Roles.None);
}
