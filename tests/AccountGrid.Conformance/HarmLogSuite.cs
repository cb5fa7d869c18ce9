using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Conformance;

/// <summary>What every harm log does.</summary>
public abstract class HarmLogSuite(StoreFixture fixture) : StoreSuite(fixture)
{
    private static readonly OperatorId Kim = OperatorId.Parse("kim");
    private static readonly OperatorId Lee = OperatorId.Parse("lee");

    [Fact]
    public async Task Charges_are_one_persons_after_an_instant_oldest_first()
    {
        await HarmAsync(3, at: 30, new BudgetMark(Kim, null, 300));
        await HarmAsync(1, at: 10, new BudgetMark(Kim, null, 100));
        await HarmAsync(2, at: 20, new BudgetMark(Kim, Lee, 0));
        await HarmAsync(4, at: 20, new BudgetMark(Lee, null, 7));
        await HarmAsync(5, at: 40, harm: null);
        Assert.Equal([new(At(10), 100), new(At(20), 0), new(At(30), 300)],
            await Store.HarmLog.ReadChargesAsync(Actor.Operator(Kim), At(0), Stop));
        Assert.Equal([new(At(30), 300)], await Store.HarmLog.ReadChargesAsync(Actor.Operator(Kim), At(20), Stop));
        Assert.Equal([new(At(20), 7)], await Store.HarmLog.ReadChargesAsync(Actor.Operator(Lee), At(0), Stop));
        Assert.Empty(await Store.HarmLog.ReadChargesAsync(Actor.Operator(OperatorId.Parse("nobody")), At(0), Stop));
    }

    [Fact]
    public async Task Harmed_accounts_are_those_proposed_and_those_approved_once_each_by_number()
    {
        await HarmAsync(100, at: 10, new BudgetMark(Kim, null, 1));
        await HarmAsync(9, at: 20, new BudgetMark(Lee, Kim, 0));
        await HarmAsync(20, at: 20, new BudgetMark(Kim, Lee, 0));
        await HarmAsync(30, at: 20, new BudgetMark(Lee, null, 0));
        var twice = new SampleStream(7);
        await AppendAsync(twice.Next(harm: new BudgetMark(Kim, null, 1), change: static e => e with { At = At(25) }));
        await AppendAsync(twice.Next(harm: new BudgetMark(Lee, Kim, 1), change: static e => e with { At = At(26) }));
        Assert.Equal([7, 9, 20, 100], await HarmedAsync(At(10), 0, 10));
        Assert.Equal([7, 9, 20], await HarmedAsync(At(20), 0, 10));
        Assert.Equal([7], await HarmedAsync(At(21), 0, 10));
        Assert.Equal([20, 100], await HarmedAsync(At(10), 9, 10));
        Assert.Equal([7, 9], await HarmedAsync(At(10), 0, 2));
    }

    [Fact]
    public async Task What_a_service_harmed_is_apart_from_what_a_person_of_the_same_subject_did()
    {
        var service = Actor.Service(Kim.Value);
        await HarmAsync(1, at: 10, new BudgetMark(Kim, null, 100));
        await HarmAsync(2, at: 20, new BudgetMark(service, null, 200));
        await HarmAsync(3, at: 30, new BudgetMark(service, Lee, 0));
        Assert.Equal([new(At(10), 100)], await Store.HarmLog.ReadChargesAsync(Actor.Operator(Kim), At(0), Stop));
        Assert.Equal(
            [new(At(20), 200), new(At(30), 0)], await Store.HarmLog.ReadChargesAsync(service, At(0), Stop));
        Assert.Equal([1], await HarmedAsync(At(0), 0, 10));
        Assert.Equal(
            [new AccountId(2), new AccountId(3)], await Store.HarmLog.ListHarmedAsync(service, At(0), 0, 10, Stop));
        Assert.Equal(
            [new AccountId(3)],
            await Store.HarmLog.ListHarmedAsync(Actor.Operator(Lee), At(0), 0, 10, Stop));
    }

    [Fact]
    public async Task Harms_of_the_grid_are_those_that_one_identity_caused_alone_oldest_first()
    {
        await HarmAsync(3, at: 30, new BudgetMark(Kim, null, 300));
        await HarmAsync(1, at: 10, new BudgetMark(Lee, null, 100));
        await HarmAsync(2, at: 20, new BudgetMark(Actor.Service("web"), null, 7));
        await HarmAsync(4, at: 25, new BudgetMark(Kim, Lee, 0));
        await HarmAsync(5, at: 26, new BudgetMark(Actor.Service("web"), Lee, 0));
        await HarmAsync(6, at: 40, harm: null);
        Assert.Equal(
            [new(At(10), 100), new(At(20), 7), new(At(30), 300)], await Store.HarmLog.ReadAloneAsync(At(9), Stop));
        Assert.Equal([new(At(30), 300)], await Store.HarmLog.ReadAloneAsync(At(20), Stop));
        Assert.Empty(await Store.HarmLog.ReadAloneAsync(At(30), Stop));
    }

    private static DateTimeOffset At(int second) => SampleStream.Day.AddSeconds(second);

    private async Task HarmAsync(long account, int at, BudgetMark? harm) =>
        await AppendAsync(new SampleStream(account).Next(harm: harm, change: e => e with { At = At(at) }));

    private async Task<IEnumerable<long>> HarmedAsync(DateTimeOffset since, long after, int max) =>
        (await Store.HarmLog.ListHarmedAsync(Actor.Operator(Kim), since, after, max, Stop)).Select(static a => a.Value);
}
