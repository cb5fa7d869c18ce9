namespace AccountGrid.Domain;

/// <summary>
/// All numbers behind the rules, together: what the policy record holds. <see cref="OperatorPolicy.Founders"/> are no
/// part of it, because they count at the first start only. Immutable.
/// </summary>
/// <param name="Accounts">The numbers about accounts.</param>
/// <param name="Operators">The numbers about operators.</param>
/// <param name="Brake">The limits over the grid.</param>
public sealed record GridPolicy(AccountPolicy Accounts, OperatorPolicy Operators, BrakePolicy Brake)
{
    /// <summary>The defaults of this program.</summary>
    public static GridPolicy Default { get; } = new(new AccountPolicy(), new OperatorPolicy(), new BrakePolicy());
}
