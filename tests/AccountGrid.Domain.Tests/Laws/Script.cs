using CsCheck;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// One random move: numbers only, so that a failing script shrinks well; what they mean depends on the world's state.
/// </summary>
public readonly record struct Move(int Kind, int Account, int Operator, int Pick, int RequestId);

/// <summary>
/// Random scripts: several people whose standing changes, three accounts of different reach, a clock that also jumps
/// back.
/// </summary>
public static class Script
{
    /// <summary><c>kim</c> and <c>Kim</c> may be one person; <c>zoe</c> is enrolled by chance alone.</summary>
    public static readonly string[] People = ["kim", "Kim", "lee", "max", "pat", "zoe"];

    private static readonly TimeSpan[] Clock =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(16), TimeSpan.FromHours(2),
        TimeSpan.FromHours(25), TimeSpan.FromDays(5), TimeSpan.FromDays(31),
        -TimeSpan.FromMinutes(3),
    ];

    public static Gen<Move[]> Moves { get; } = Gen.Select(
        Gen.Int[0, 30], Gen.Int[0, 2], Gen.Int[0, People.Length - 1], Gen.Int[0, 63], Gen.Int[0, 30],
        static (kind, account, person, pick, id) => new Move(kind, account, person, pick, id)).Array[1, 120];

    public static World NewWorld(Rules? rules = null, BrakePolicy? brake = null)
    {
        var world = new World(rules)
        {
            BrakePolicy = brake ?? new(),
            AccountPolicy = new() { ProtectedReach = 1000 },
            OperatorPolicy = new()
            {
                MaxHarms = 2,
                MaxReach = 1500,
                ServiceMaxHarms = 2,
                ServiceMaxReach = 1500,
            },
        };
        world.Enroll(World.Admin, Roles.Admin);
        world.Enroll("kim");
        world.EnrollAsBefore("Kim");
        world.Enroll("lee");
        world.Enroll("max", Roles.Support);
        world.Enroll("pat", Roles.Approver);
        world.Register(1, followers: 10);
        world.Register(2, followers: 900);
        world.Register(3, followers: 5000);
        return world;
    }

    public static World Run(
        IEnumerable<Move> moves, Rules? rules = null, Action<World>? afterEach = null, BrakePolicy? brake = null)
    {
        var world = NewWorld(rules, brake);
        foreach (var move in moves)
        {
            Play(world, move);
            afterEach?.Invoke(world);
        }

        return world;
    }

    private static void Play(World world, Move move)
    {
        var account = new AccountId(move.Account + 1);
        var name = People[move.Operator];
        var caller = World.As(name);
        switch (move.Kind)
        {
            case 0:
                world.Enroll(name, move.Pick % 5 == 0 ? Roles.Auditor : Roles.Support | Roles.Approver,
                    EndOf(world, move.Pick));
                break;
            case 1:
                world.Offboard(name, world.Now + TimeSpan.FromHours((move.Pick * 9) - 40));
                break;
            case 2:
                world.SetFollowers(
                    account, new long?[] { 0, 10, 900, 990, 1200, 5000, 9000, null }[move.Pick % 8],
                    crashes: move.RequestId % 3 == 0);
                break;
            case 3:
                world.Advance(Clock[move.Pick % Clock.Length]);
                break;
            case 4 or 5 or 6:
                world.Advance(Clock[move.Pick % Clock.Length]);
                world.FireDue(account);
                break;
            case 7:
                world.Enroll(name);
                break;
            case 8:
                if (move.Pick % 3 == 0)
                {
                    world.Send(account, new AccountCommand.Freeze(World.Person(name)), Caller.System);
                }
                else if (move.Pick % 3 == 1)
                {
                    world.Release(name);
                }

                break;
            default:
                var command = Command(world, account, move);
                var speaker = IsOwners(command, move) ? ServiceOf(move) : caller;
                var requestId = move.RequestId < 6 ? $"r{move.RequestId}" : null;
                world.Send(account, command, speaker, requestId, move.Pick == 63 ? 1 : null);
                break;
        }
    }

    /// <summary>
    /// The product; a service with a person's subject, also in other letters, which the register does not know; and a
    /// token that is both, once under each kind of actor.
    /// </summary>
    private static Caller ServiceOf(Move move) => (move.Pick % 6) switch
    {
        0 when move.Pick % 12 == 0 => new(Actor.Service(People[move.Operator].ToUpperInvariant()), Roles.Service),
        0 => new(Actor.Service(People[move.Operator]), Roles.Service),
        1 => new(Actor.Service(People[move.Operator]), Roles.Service | Roles.Support | Roles.Approver),
        2 => World.As(People[move.Operator], Roles.Service | Roles.Staff),
        _ => World.Service,
    };

    private static bool IsOwners(AccountCommand command, Move move) => command switch
    {
        AccountCommand.Harm h => h.Action.Kind == HarmKind.OwnerDeactivate,
        AccountCommand.Restore r => r.Owner,
        AccountCommand.Withdraw => move.Pick % 4 == 0,
        _ => false,
    };

    private static AccountCommand Command(World world, AccountId account, Move move)
    {
        var sequence = move.Pick % 9 == 8 ? move.Pick : world[account].Proposal?.Sequence;
        DateTimeOffset? at = move.Pick % 3 == 0 ? world.Now + TimeSpan.FromMinutes(1 + (move.Pick * 7)) : null;
        DateTimeOffset? until =
            move.Pick % 2 == 0 ? (at ?? world.Now) + TimeSpan.FromMinutes(5 + (move.Pick * 3)) : null;
        return move.Kind switch
        {
            9 or 10 or 11 => Commands.Deactivate(at),
            12 or 13 => Commands.Suspend(until, at),
            14 or 15 => Commands.Harm(HarmKind.Unprotect, at: at),
            16 => move.Pick % 8 == 0
                ? Commands.Harm(HarmKind.Erase, at: at)
                : Commands.Harm(HarmKind.Deactivate, directOnly: true),
            17 => Commands.Harm(HarmKind.OwnerDeactivate, at: at),
            18 => Commands.OwnerRestore(),
            19 or 20 => Commands.Restore(),
            21 => Commands.Undo(Script.People[move.Pick % People.Length], world.Now - TimeSpan.FromHours(3)),
            22 or 23 => Commands.Protect(world.Now + TimeSpan.FromDays(30)),
            30 => Commands.Harm(HarmKind.ChangeSuspension, until),
            24 => move.Pick % 2 == 0 ? Commands.Reject(sequence) : Commands.Withdraw(sequence),
            _ => Commands.Approve(sequence),
        };
    }

    private static DateTimeOffset? EndOf(World world, int pick) => (pick % 4) switch
    {
        0 => world.Now + TimeSpan.FromHours(1 + (pick % 7)),
        1 => world.Now + TimeSpan.FromDays(10),
        _ => null,
    };
}
