using System.Security.Cryptography;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Testing;

namespace AccountGrid.Conformance;

/// <summary>
/// Every column of every table changed, and in every table a row removed, added, and two exchanged: it is found by the
/// audit, which names the row, or it is harmless for the reason given. The tables and columns come from the database,
/// so one that is new fails until it has a verdict.
/// </summary>
public abstract class TamperSuite(StoreFixture fixture) : StoreSuite(fixture), IDisposable
{
    private static readonly AccountId Down = new(25073877);
    private static readonly AccountId Waiting = new(7);

    private readonly TempDirectory _directory = new();
    private readonly World _world = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _world.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_table_and_column_has_a_verdict()
    {
        var columns = await Tamper().ColumnsAsync();
        var known = Tampering.All.Select(static t => t.Where).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(columns.Select(static c => $"{c.Table}.{c.Column}").Where(c => !known.Contains(c)));
        foreach (var table in columns.Select(static c => c.Table).Distinct(StringComparer.Ordinal))
        {
            Assert.Contains($"{table}: a row less", known);
            Assert.Contains($"{table}: a row more", known);
            Assert.Contains($"{table}: rows exchanged", known);
        }
    }

    [Fact]
    public async Task What_is_changed_behind_the_silos_is_found_or_harmless()
    {
        using var silo = new MacRig(Store, _directory, _world, _key);
        await FillAsync(silo);
        Assert.Null((await AuditAsync(silo)).First?.Message);
        Assert.Empty(await silo.CompareAsync(Stop));
        var tables = (await Tamper().ColumnsAsync()).ToLookup(static c => c.Table, StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var tampering in Tampering.All.Where(t => tables.Contains(t.Table)))
        {
            await Tamper().KeepAsync(tampering.Table);
            await Tamper().ExecuteAsync(tampering.Sql);
            if (await ErrorOfAsync(silo, tampering) is { } error)
            {
                wrong.Add($"{tampering.Where}: {error}");
            }

            await Tamper().PutBackAsync(tampering.Table);
        }

        Assert.Equal("", string.Join("\n", wrong));
        Assert.Null((await AuditAsync(silo)).First?.Message);
    }

    /// <summary>
    /// What the silos' own rounds find, without an audit. The rest is found elsewhere: counts by the reconciler,
    /// checkpoints and boundaries by their makers. A row beside no journal is found by the audit alone; it is listed,
    /// and cannot be loaded.
    /// </summary>
    private static bool IsCompared(Tampering tampering) =>
        tampering.Table is "journal" or "account_index" or "operator_index"
        && tampering.Where is not ("account_index: a row more" or "operator_index: a row more");

    private static async Task<string?> ErrorOfAsync(MacRig silo, Tampering tampering)
    {
        var result = await AuditAsync(silo);
        if (tampering.Harmless is not null)
        {
            return result.First is { } problem ? $"is found, and said to be harmless: {problem.Message}" : null;
        }

        return result.IsIntact ? "is not found"
            : IsCompared(tampering)
                && (await silo.CompareAsync(TestContext.Current.CancellationToken)).Count == 0
                ? "is not found by the silos themselves"
            : result.Problems.Any(p => tampering.Names(p)) ? null
            : $"does not name the row: {string.Join(" ", result.Problems.Select(static p => p.Message))}";
    }

    private static Task<VerificationResult> AuditAsync(MacRig silo) =>
        silo.AuditAsync(TestContext.Current.CancellationToken, withDerived: true);

    private ITamper Tamper()
    {
        Assert.SkipWhen(Fixture.Tamper is null, "This kind of store has no way in.");
        return Fixture.Tamper;
    }

    /// <summary>
    /// Two people, an account that is down with a budget charged, one that is protected with a proposal, followers, a
    /// boundary of MACs and two checkpoints.
    /// </summary>
    private async Task FillAsync(MacRig silo)
    {
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await _world.EnrollAsync("kim");
        await _world.EnrollAsync("lee");
        await silo.RegisterAsync(Down, Stop);
        await silo.RegisterAsync(Waiting, Stop);
        var down = await silo.LoadAsync(Down, Stop);
        await down.FollowAsync([new(Waiting, true), new(new AccountId(8), true)], Stop);
        Assert.Null((await down.ExecuteAsync(new(World.Deactivate(), World.Person("kim"), "down"), Stop)).Refusal);
        await silo.CheckpointAsync(Stop);
        var waiting = await silo.LoadAsync(Waiting, Stop);
        await waiting.FollowAsync([new(Down, true)], Stop);
        Assert.Null((await waiting.ExecuteAsync(
            new(new AccountCommand.Protect(OperatorId.Parse("lee"), "LEGAL", "note", "T-1", null),
                World.Person("lee"), "protect"), Stop)).Refusal);
        Assert.Equal(Outcome.Pending,
            (await waiting.ExecuteAsync(new(World.Deactivate(), World.Person("kim"), "ask"), Stop)).Outcome);
        await silo.CheckpointAsync(Stop);
    }
}
