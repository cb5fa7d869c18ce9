using System.Collections.Immutable;
using System.Reflection;
using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace AccountGrid.Grains.Tests;

/// <summary>What crosses silos must keep its names and numbers through every later version.</summary>
public sealed class ContractTests
{
    private static IEnumerable<Type> Serialized =>
        new[] { typeof(IAccountGrain).Assembly, typeof(AccountGrain).Assembly }
        .SelectMany(a => a.GetTypes()).Where(
            t => t.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null);

    [Fact]
    public void Every_serialized_type_has_an_alias_of_its_own()
    {
        Assert.All(Serialized, t => Assert.NotNull(t.GetCustomAttribute<AliasAttribute>(inherit: false)));
        var aliases = Serialized.Select(t => t.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias).ToArray();
        Assert.Equal(aliases.Length, aliases.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_serialized_member_has_a_number()
    {
        foreach (var type in Serialized)
        {
            var members = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
                .Where(p => p.GetMethod!.GetBaseDefinition() == p.GetMethod && p.CanWrite
                    && p.Name != "EqualityContract");
            Assert.All(members,
                p =>
                    Assert.True(p.GetCustomAttribute<IdAttribute>() is not null, $"{type.Name}.{p.Name} has no [Id]."));
        }
    }

    [Fact]
    public void Every_grain_method_and_interface_has_an_alias()
    {
        var interfaces =
            typeof(IAccountGrain).Assembly.GetTypes().Where(t => t.IsInterface && typeof(IGrain).IsAssignableFrom(t))
                .ToArray();
        Assert.Equal(13, interfaces.Length);
        Assert.All(interfaces, i => Assert.NotNull(i.GetCustomAttribute<AliasAttribute>()));
        Assert.All(interfaces.SelectMany(i => i.GetMethods()),
            m => Assert.NotNull(m.GetCustomAttribute<AliasAttribute>()));
    }

    [Fact]
    public void A_whole_account_survives_the_way_between_silos()
    {
        var at = new DateTimeOffset(2017, 11, 2, 22, 52, 0, TimeSpan.Zero);
        var actor = new ActorInfo(ActorKind.Operator, "kim");
        var harm = new HarmInput(HarmKind.Suspend, "SPAM", "note", "T-1", at, null);
        var account = new AccountInfo(
            25073877, "potus", AccountStatus.Suspended, 7, 5, Tier.Protected, new("ann", "OTHER", at, at),
            [new(HoldKind.Suspension, actor, "bob", at, "SPAM", at)],
            new(25073877, 6, ProposalState.Open, harm, "digest", 41_000_000, Tier.Protected, actor, at, null, at),
            new(41_000_000, at, CountQuality.Exact, 12));
        var copy = RoundTrip(
            new CommandReply(
                Outcome.Pending, account, 6, new(RefusalReason.Overloaded, "full", "field", TimeSpan.FromSeconds(1))));
        Assert.Equal(account with { Holds = [] }, copy.Account! with { Holds = [] });
        Assert.Equal(account.Holds.ToArray(), copy.Account!.Holds.ToArray());
        Assert.Equal((Outcome.Pending, 6L, TimeSpan.FromSeconds(1)),
            (copy.Outcome, copy.ProposalSequence, copy.Refusal!.RetryAfter));
    }

    [Fact]
    public void A_refusal_that_is_thrown_keeps_what_it_says()
    {
        var thrown = new GrainRefusedException(new(RefusalReason.NotFound, "There is no account 1.", null, null));
        var copy = Assert.IsType<GrainRefusedException>(RoundTrip<Exception>(thrown));
        Assert.Equal(thrown.Refusal, copy.Refusal);
        Assert.Equal(thrown.Message, copy.Message);
    }

    [Fact]
    public void Commands_and_follows_survive_too()
    {
        CommandInput[] commands =
        [
            Callers.Deactivate("n"), new CommandInput.Restore(true, [HoldKind.OwnerDeactivation], "ERROR", "", ""),
            new CommandInput.Undo("kim", DateTimeOffset.UnixEpoch, ""),
            new CommandInput.Protect("ann", "OTHER", "", "", null), new CommandInput.Approve(
                3, "d", ""), new CommandInput.Reject(3, ""), new CommandInput.Withdraw(3, ""),
        ];
        foreach (var command in commands.Where(c => c is not CommandInput.Restore))
        {
            Assert.Equal(command, RoundTrip(command));
        }

        Assert.Equal([HoldKind.OwnerDeactivation],
            Assert.IsType<CommandInput.Restore>(RoundTrip(commands[1])).Kinds.ToArray());
        ImmutableArray<FollowInput> follows = [new(1, true), new(long.MaxValue, false)];
        Assert.Equal(follows.ToArray(), RoundTrip(follows).ToArray());
    }

    private static T RoundTrip<T>(T value)
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(value))!;
    }
}
