using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Benchmarks.Load;

/// <summary>
/// Deactivate, restore, the next account: every lane on accounts of its own. A lane ends only when its account is up
/// again. Keeps count of what was acknowledged, for the verification.
/// </summary>
internal sealed class TransitionScript : ILoadScript
{
    /// <summary>The methods, in the order in which calls name them.</summary>
    public static readonly string[] Methods =
        ["/accountgrid.v1.AccountService/DeactivateAccount", "/accountgrid.v1.AccountService/RestoreAccount"];

    private const int AccountsPerLane = 16;
    private readonly byte[][][] _calls;
    private readonly int[] _done;

    /// <summary>Prepares the calls.</summary>
    /// <param name="lanes">How many callers.</param>
    /// <param name="firstAccount">The first id of theirs.</param>
    /// <param name="byOwner">On the owners' behalf, or by staff.</param>
    public TransitionScript(int lanes, long firstAccount, bool byOwner)
    {
        Accounts = [.. Enumerable.Range(0, lanes * AccountsPerLane).Select(i => firstAccount + i)];
        _done = new int[lanes];
        var reason = byOwner ? "OWNER_REQUEST" : "IMPERSONATION";
        const string Note = "Reported twice; looked at by the day shift";
        const string Ticket = "CASE-20171102";
        _calls = [.. Accounts.Select(id => new[]
        {
            new DeactivateAccountRequest
            {
                Id = id,
                Reason = reason,
                Note = Note,
                Ticket = Ticket,
                Owner = byOwner,
                DirectOnly = true,
            }.ToByteArray(),
            new RestoreAccountRequest
            {
                Id = id,
                Reason = reason,
                Note = Note,
                Ticket = Ticket,
                Owner = byOwner,
            }.ToByteArray(),
        })];
    }

    /// <summary>How many accounts lanes of this number take.</summary>
    public static int AccountsOf(int lanes) => lanes * AccountsPerLane;

    /// <summary>The accounts that are touched.</summary>
    public IReadOnlyList<long> Accounts { get; }

    /// <summary>Transitions acknowledged so far.</summary>
    public long Acknowledged => _done.Sum(d => (long)d);

    /// <summary>Transitions of an account acknowledged so far, by its index in <see cref="Accounts"/>.</summary>
    public long AcknowledgedOf(int index)
    {
        var pairs = _done[index / AccountsPerLane] / 2;
        return 2 * ((pairs / AccountsPerLane) + (index % AccountsPerLane < pairs % AccountsPerLane ? 1 : 0));
    }

    public bool TryNext(int lane, bool timeIsUp, out LoadCall call)
    {
        var method = _done[lane] % 2;
        var account = (lane * AccountsPerLane) + (_done[lane] / 2 % AccountsPerLane);
        call = new LoadCall(method, _calls[account][method]);
        return !timeIsUp || method == 1;
    }

    public void Answered(int lane, ReadOnlySpan<byte> answer) => _done[lane]++;
}
