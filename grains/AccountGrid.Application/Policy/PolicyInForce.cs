using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The numbers behind the rules that this silo works by now. Thread-safe: a reader that needs several numbers to
/// belong together takes one record and uses that.
/// </summary>
/// <param name="accounts">The numbers about accounts to begin with.</param>
/// <param name="operators">The numbers about operators to begin with.</param>
/// <param name="brake">The limits over the grid to begin with.</param>
public sealed class PolicyInForce(AccountPolicy accounts, OperatorPolicy operators, BrakePolicy brake)
{
    private volatile Numbers _now = new(accounts, operators, brake);
    private volatile bool _isRecorded = true;

    /// <summary>The numbers about accounts.</summary>
    public AccountPolicy Accounts => _now.Accounts;

    /// <summary>The numbers about operators.</summary>
    public OperatorPolicy Operators => _now.Operators;

    /// <summary>The limits over the grid.</summary>
    public BrakePolicy Brake => _now.Brake;

    /// <summary>
    /// Whether the policy record exists. It is made only when every silo of the cluster is of a version that knows it,
    /// and so are events that came with that version. Always, where no follower says otherwise.
    /// </summary>
    public bool IsRecorded
    {
        get => _isRecorded;
        set => _isRecorded = value;
    }

    /// <summary>Replaces all of them at once.</summary>
    public void Set(AccountPolicy accounts, OperatorPolicy operators, BrakePolicy brake) =>
        _now = new(accounts, operators, brake);

    private sealed record Numbers(AccountPolicy Accounts, OperatorPolicy Operators, BrakePolicy Brake);
}
