using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Maps operators and their authority to what callers get.</summary>
internal static class OperatorMapping
{
    public static OperatorInfo ToInfo(this OperatorView view) => new(
        view.State.Id.Value, view.State.DisplayName, view.State.Roles, view.Standing, view.State.AuthorityEndsAt,
        view.State.Version,
        view.HarmsInWindow, view.ReachInWindow, view.State.FreezePending);

    public static AuthorityInfo ToInfo(this AuthorityAnswer answer) =>
        new(answer.Authority.Standing, answer.Authority.Roles, answer.Authority.Budget?.ToInfo(), answer.Reservation);

    public static AuthorityInfo ToInfo(this Authority authority) => new AuthorityAnswer(authority, null).ToInfo();

    public static AuthorityAnswer ToAnswer(this AuthorityInfo info, OperatorId person) =>
        new(new Authority(person, info.Standing, info.Roles, info.Budget?.ToRefusal()), info.Reservation);

    /// <summary>The system itself, where a grain acts without a caller.</summary>
    public static CallerInfo System { get; } = new(Actor.System.Kind, Actor.System.Subject, Roles.None);
}
