using AccountGrid.V1;

namespace AccountGrid.Chaos.Checkers;

/// <summary>Whether an account is up, by precedence, as every checker reckons it.</summary>
internal static class StatusRule
{
    public static Account.Types.Status Of(bool erased, bool suspended, bool hasHold) =>
        erased ? Account.Types.Status.Erased
        : suspended ? Account.Types.Status.Suspended
        : hasHold ? Account.Types.Status.Deactivated
        : Account.Types.Status.Active;
}
