using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>What a command would come to: as when it is carried out, and without a trace.</summary>
public sealed class ValidationTests
{
    private const long Standard = 1;
    private const long Down = 2;
    private const long Protected = 3;

    /// <summary>The harm that brought account <see cref="Down"/> down.</summary>
    private const int BrakedBefore = 1;

    private static readonly Caller Kim = World.Person("kim");
    private static readonly Caller Lee = World.Person("lee");
    private static readonly Caller Stranger = World.Person("stranger");

    private static readonly AccountCommand OwnersDown = new AccountCommand.Harm(
        new HarmAction(HarmKind.OwnerDeactivate, "OWNER_REQUEST", "", "", null, null), DirectOnly: false);

    private static readonly AccountCommand[] Commands =
    [
        World.Deactivate(),
        World.Deactivate(directOnly: true),
        World.Deactivate(at: new(2017, 11, 2, 23, 0, 0, TimeSpan.Zero)),
        World.Suspend(until: new(2017, 11, 9, 0, 0, 0, TimeSpan.Zero)),
        World.Suspend(until: DateTimeOffset.UnixEpoch),
        HarmOf(HarmKind.Erase, "LEGAL"),
        HarmOf(HarmKind.Unprotect, "ERROR"),
        HarmOf(HarmKind.Deactivate, "NO_SUCH_REASON"),
        OwnersDown,
        World.Restore(),
        new AccountCommand.Restore(Owner: true, [], "OWNER_REQUEST", "", "", 0),
        new AccountCommand.Protect(OperatorId.Parse("kim"), "LEGAL", "", "", ReviewAt: null),
        new AccountCommand.CloseFollowerLoss("ERROR", "", ""),
        new AccountCommand.Approve(2, null, ""),
        new AccountCommand.Approve(3, null, ""),
        new AccountCommand.Reject(3, ""),
        new AccountCommand.Withdraw(3, ""),
    ];

    public static TheoryData<long, int, string> Cases()
    {
        var cases = new TheoryData<long, int, string>();
        foreach (var account in new[] { Standard, Down, Protected })
        {
            for (var command = 0; command < Commands.Length; command++)
            {
                foreach (var caller in new[] { "kim", "lee", "stranger", "web" })
                {
                    cases.Add(account, command, caller);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Says_what_the_command_then_comes_to(long id, int command, string by) => InWorld(async world =>
    {
        var caller = by == "web" ? World.Web : World.Person(by);
        var account = await world.ActivateAsync(new AccountId(id));
        foreach (var request in new[]
        {
            new AccountRequest(Commands[command], caller, "r1", ExpectedStateVersion: 99),
            new AccountRequest(Commands[command], caller, "r2"),
        })
        {
            var (before, entries) = (account.View.State, EntriesOf(world));
            var preview = await account.ValidateAsync(request, Token);
            Assert.Equal(before, account.View.State);
            Assert.Equal(entries, EntriesOf(world));

            var result = await account.ExecuteAsync(request, Token);
            Assert.Equal((result.Outcome, result.Refusal), (preview.Outcome, preview.Refusal));
            if (result.Refusal is null)
            {
                AssertSame(account.View.State, preview.After!.State);
                Assert.Equal(result.ProposalSequence, preview.ProposalSequence);
            }
            else
            {
                Assert.Null(preview.After);
            }
        }
    });

    [Fact]
    public Task Reserves_nothing_and_says_what_is_left() => InWorld(async world =>
    {
        var policy = world.Policies.Operators;
        var account = await world.ActivateAsync(new AccountId(Standard));
        for (var i = 0; i < policy.MaxHarms + 5; i++)
        {
            var preview = await account.ValidateAsync(new(World.Deactivate(), Lee), Token);
            Assert.Equal((Outcome.Done, new BudgetLeft(policy.MaxHarms, policy.MaxReach)),
                (preview.Outcome, preview.Left));
        }

        Assert.Equal(0, (await world.Desk.OfAsync(OperatorId.Parse("lee"))).View.HarmsInWindow);
        Assert.Equal(0, world.Brake.Processor.View.Harms - BrakedBefore);
        await account.ExecuteAsync(new(World.Deactivate(), Lee), Token);
        var next = await world.ActivateAsync(new AccountId(4));
        Assert.Equal(
            new BudgetLeft(policy.MaxHarms - 1, policy.MaxReach - 70),
            (await next.ValidateAsync(new(World.Deactivate(), Lee), Token)).Left);
        Assert.Equal(
            new BudgetLeft(policy.ServiceMaxHarms, policy.ServiceMaxReach),
            (await next.ValidateAsync(new(OwnersDown, World.Web), Token)).Left);
        Assert.Null((await next.ValidateAsync(new(HarmOf(HarmKind.Erase, "LEGAL"), Lee), Token)).Left);
    });

    [Fact]
    public Task Counts_no_attempt_without_power() => InWorld(async world =>
    {
        var account = await world.ActivateAsync(new AccountId(Standard));
        for (var i = 0; i < 100; i++)
        {
            var preview = await account.ValidateAsync(new(World.Deactivate(), Stranger), Token);
            Assert.Equal(RefusalReason.AuthorityEnded, preview.Refusal!.Reason);
        }

        var entries = EntriesOf(world);
        await account.SumUpRefusalsAsync();
        Assert.Equal(entries, EntriesOf(world));
    });

    [Fact]
    public Task That_would_engage_the_brake_says_so_and_engages_nothing() => InWorld(async world =>
    {
        world.Policies.Set(
            world.Policies.Accounts, world.Policies.Operators,
            new BrakePolicy { MaxHarms = BrakedBefore, MaxReach = 1_000_000 });
        var account = await world.ActivateAsync(new AccountId(Standard));
        var preview = await account.ValidateAsync(new(World.Deactivate(), Lee), Token);
        Assert.Equal(Outcome.Pending, preview.Outcome);
        Assert.Empty(world.Journal.Entries(StreamId.Brake));
        Assert.Equal(Outcome.Pending, (await account.ExecuteAsync(new(World.Deactivate(), Lee), Token)).Outcome);
        Assert.Single(world.Journal.Entries(StreamId.Brake));
    });

    [Fact]
    public Task In_any_number_holds_up_no_command() => InWorld(async world =>
    {
        var account = await world.ActivateAsync(new AccountId(Standard));
        await account.ExecuteAsync(new(World.Deactivate(), Lee), Token);
        world.Journal.AfterRead.Arm();
        var asked = Enumerable.Range(0, world.Limits.QueueDepth + 2)
            .Select(_ => account.ValidateAsync(new(World.Restore(), Lee), Token)).ToArray();
        Assert.Equal(RefusalReason.Overloaded, (await asked[^1]).Refusal!.Reason);
        Assert.Equal(Outcome.Done, (await account.ExecuteAsync(new(World.Restore(), Lee), Token)).Outcome);
        world.Journal.AfterRead.Release();
        Assert.All(
            (await Task.WhenAll(asked))[..^1],
            static preview => Assert.Equal(RefusalReason.WrongStatus, preview.Refusal!.Reason));
    });

    [Fact]
    public Task Decides_on_what_another_activation_wrote() => InWorld(async world =>
    {
        var account = await world.ActivateAsync(new AccountId(Standard));
        await (await world.ActivateAsync(new AccountId(Standard))).ExecuteAsync(new(World.Deactivate(), Lee), Token);
        Assert.Equal(
            RefusalReason.WrongStatus,
            (await account.ValidateAsync(new(World.Deactivate(), Lee), Token)).Refusal!.Reason);
    });

    [Fact]
    public Task Answers_a_request_that_acted_as_it_was_answered() => InWorld(async world =>
    {
        var account = await world.ActivateAsync(new AccountId(Standard));
        var request = new AccountRequest(World.Deactivate(), Lee, "r1");
        await account.ExecuteAsync(request, Token);
        await account.ExecuteAsync(new(World.Restore(), Lee), Token);
        var preview = await account.ValidateAsync(request, Token);
        Assert.Equal((Outcome.Done, AccountStatus.Active), (preview.Outcome, preview.After!.State.Status));
    });

    private static AccountCommand.Harm HarmOf(HarmKind kind, string reason) =>
        new(new HarmAction(kind, reason, "", "", null, null), DirectOnly: false);

    private static int EntriesOf(World world) => new[] { Standard, Down, Protected, 4 }
        .Sum(id => world.Journal.Entries(StreamId.Of(new AccountId(id))).Length)
        + world.Journal.Entries(StreamId.Brake).Length;

    private static void AssertSame(AccountState expected, AccountState actual)
    {
        Assert.Equal(
            (expected.Status, expected.Version, expected.StateVersion, expected.Proposal, expected.Designation),
            (actual.Status, actual.Version, actual.StateVersion, actual.Proposal, actual.Designation));
        Assert.Equal(expected.Holds, actual.Holds);
    }

    private static Task InWorld(Func<World, Task> test) => OneThread.RunAsync(async () =>
    {
        using var world = new World();
        await world.EnrollAsync("kim");
        await world.EnrollAsync("lee");
        foreach (var id in new[] { Standard, Down, Protected, 4 })
        {
            await world.RegisterAsync(new AccountId(id));
            world.Ledger.Pretend(new AccountId(id), id == Protected ? 41_000_000 : 70);
        }

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await SendAsync(world, Down, World.Deactivate());
        await SendAsync(world, Protected, World.Deactivate());
        await test(world);
    });

    private static async Task SendAsync(World world, long id, AccountCommand command)
    {
        var account = await world.ActivateAsync(new AccountId(id));
        Assert.Null((await account.ExecuteAsync(new(command, Kim), Token)).Refusal);
    }
}
