using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Conformance;

/// <summary>
/// What one store holds, another one of the same or of another kind can be filled with, and nobody who asks can tell
/// them apart.
/// </summary>
/// <param name="from">The store that is exported.</param>
/// <param name="to">The store that is filled; begins empty.</param>
public abstract class TransferSuite(StoreFixture from, StoreFixture to) : IAsyncLifetime
{
    private const int Followers = 2_500;

    private readonly TempDirectory _directory = new();

    private static AccountId Large { get; } = new(25073877);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await from.OpenAsync();
        await to.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await from.DisposeAsync();
        await to.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Everything_arrives_and_the_audit_agrees()
    {
        using var world = new World();
        var (outside, keys) = await FillAsync(world);
        var export = await ExportAsync(from.Store, world);
        var total = await StoreImport.RunAsync(new MemoryStream(export), to.Store, Stop);
        await to.ReopenAsync();

        // Not a line differs but the header, which says when.
        Assert.Equal(Lines(export).Skip(1), Lines(await ExportAsync(to.Store, world)).Skip(1));
        Assert.Equal((9, Followers, 2, 1), (total.Streams, total.Followers, total.Accounts, total.Checkpoints));
        Assert.True(total.Entries >= 10, $"{total.Entries} entries");
        var verdict = await new AuditVerifier(to.Store.Audit, outside, keys).VerifyAsync(Stop);
        Assert.True(verdict.IsIntact, verdict.First?.Message);
        Assert.Equal(total.Entries, verdict.CoveredPosition);
        await AssertSameAnswersAsync(world.Clock.GetUtcNow());
        Assert.NotNull((await BrakeAsync(world, to.Store)).View.Engagement);
    }

    [Fact]
    public async Task What_was_imported_goes_on_where_it_stopped()
    {
        using var world = new World();
        var (outside, keys) = await FillAsync(world);
        await StoreImport.RunAsync(new MemoryStream(await ExportAsync(from.Store, world)), to.Store, Stop);
        await to.ReopenAsync();
        var head = await to.Store.Feed.ReadHeadAsync(Stop);
        var account = await On(world, to.Store).ActivateAsync(Large);
        var proposal = account.View.State.Proposal!.Sequence;
        var approved = await account.ExecuteAsync(
            new(new AccountCommand.Approve(proposal, null, ""), World.Person("lee"), "later"), Stop);
        Assert.Null(approved.Refusal);
        Assert.Equal(AccountStatus.Deactivated, account.View.State.Status);
        Assert.Equal(Followers, (await to.Store.Ledger.ReadCountAsync(Large, Stop)).Count);
        Assert.True(await to.Store.Feed.ReadHeadAsync(Stop) > head);
        Assert.True((await new AuditVerifier(to.Store.Audit, outside, keys).VerifyAsync(Stop)).IsIntact);
    }

    [Fact]
    public async Task A_store_that_holds_something_is_left_as_it_is()
    {
        using var world = new World();
        await FillAsync(world);
        var export = await ExportAsync(from.Store, world);
        await On(world, to.Store).RegisterAsync(new AccountId(7));
        await Assert.ThrowsAsync<StoreNotEmptyException>(
            () => StoreImport.RunAsync(new MemoryStream(export), to.Store, Stop));
        Assert.Equal(1, await to.Store.Feed.ReadHeadAsync(Stop));
    }

    [Fact]
    public async Task An_empty_store_is_an_export_too()
    {
        using var world = new World();
        Assert.Equal(default,
            await StoreImport.RunAsync(new MemoryStream(await ExportAsync(from.Store, world)), to.Store, Stop));
        await to.ReopenAsync();
        Assert.Equal(0, await to.Store.Feed.ReadHeadAsync(Stop));
    }

    public static TheoryData<string> Damages => [.. Damage.All.Keys];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_export_is_refused_and_nothing_of_it_is_imported(string damage)
    {
        using var world = new World();
        await FillAsync(world);
        var damaged = Damage.All[damage](Lines(await ExportAsync(from.Store, world)));
        await Assert.ThrowsAsync<ExportDamagedException>(
            () => StoreImport.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(damaged)), to.Store, Stop));
        await to.ReopenAsync();
        Assert.Equal((0L, 0L),
            (await to.Store.Feed.ReadHeadAsync(Stop), await to.Store.Ledger.CountEdgesAsync(Large, Stop)));
    }

    private static async Task<byte[]> ExportAsync(IStore store, World world)
    {
        using var file = new MemoryStream();
        await StoreExport.RunAsync(store.Audit, file, world.Clock, Stop);
        return file.ToArray();
    }

    private static string[] Lines(byte[] export) =>
        Encoding.UTF8.GetString(export).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The world's processors on a store.</summary>
    private static Grid On(World world, IStore store)
    {
        world.Desk.Services = world.Operators with { Journal = store.Journal, Harms = store.HarmLog };
        return new Grid(world.Accounts with { Journal = store.Journal, Ledger = store.Ledger });
    }

    /// <summary>The brake on a store; two harms of people alone are over its limit.</summary>
    private static async Task<BrakeProcessor> BrakeAsync(World world, IStore store)
    {
        var brake = new BrakeProcessor(world.Brake.Services! with
        {
            Journal = store.Journal,
            Harms = store.HarmLog,
            Policies = new(new AccountPolicy(), new OperatorPolicy(), new BrakePolicy { MaxHarms = 1 }),
        });
        await brake.LoadAsync(Stop);
        return brake;
    }

    /// <summary>
    /// The policy, two people, one account that is suspended for a while, a large one with a proposal that waits, and
    /// the brake, engaged; a checkpoint over all of it.
    /// </summary>
    private async Task<(ICheckpointLog Outside, CheckpointKeys Keys)> FillAsync(World world)
    {
        var grid = On(world, from.Store);
        await world.EnrollAsync("kim");
        await world.EnrollAsync("lee");
        var small = new AccountId(10);
        await grid.RegisterAsync(small);
        await grid.RegisterAsync(Large);
        var account = await grid.ActivateAsync(small);
        Assert.Null(
            (await account.ExecuteAsync(
                new(World.Deactivate(), World.Person("kim"), Guid.Empty.ToString()), Stop)).Refusal);
        var restore = new AccountCommand.Restore(
            Owner: false, [], "ERROR", "a \"quoted\" \\ note\nعربي \ud83d\ude00", "", 0);
        Assert.Null((await account.ExecuteAsync(new(restore, World.Person("lee"), "up"), Stop)).Refusal);
        Assert.Null(
            (await account.ExecuteAsync(
                new(World.Suspend(world.Clock.GetUtcNow().AddDays(1)), World.Person("kim"), null), Stop)).Refusal);
        var large = await grid.ActivateAsync(Large);
        await large.FollowAsync(
            [.. Enumerable.Range(1, Followers).Select(static f => new FollowChange(new AccountId(f), Follows: true))],
            Stop);
        await account.FollowAsync([new FollowChange(Large, Follows: true)], Stop);
        await account.FollowAsync([new FollowChange(Large, Follows: false)], Stop);
        Assert.Null((await large.ExecuteAsync(
            new(new AccountCommand.Protect(OperatorId.Parse("lee"), "LEGAL", "note", "T-1", null), World.Person("lee"),
                "protect"), Stop)).Refusal);
        Assert.Equal(Outcome.Pending,
            (await large.ExecuteAsync(new(World.Deactivate(), World.Person("kim"), "down"), Stop)).Outcome);
        var policy = new PolicyProcessor(
            new PolicyServices(
                from.Store.Journal, world.Desk, new PolicyEventCodec(), world.Clock, world.Limits, world.Diagnostics,
                NullLogger<PolicyProcessor>.Instance),
            new PolicyMeters(world.Meters));
        Assert.Null((await policy.ExecuteAsync(
            new(new SiloPolicy(GridPolicy.Default, []).ToCommand(), Caller.System), Stop)).Refusal);
        var brake = await BrakeAsync(world, from.Store);
        Assert.NotNull((await brake.ReserveAsync(new(small, Reach: 0), mayEngage: true, Stop)).EngagedUntil);
        var outside = new FileCheckpointLog(_directory.File("checkpoints.jsonl"));
        using var signer = new ECDsaCheckpointSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var keys = CheckpointKeys.FromPem(signer.ExportPublicKeyPem());
        using var maker =
            new CheckpointMaker(from.Store.Feed, from.Store.Checkpoints, outside, signer, keys, world.Clock);
        Assert.NotNull((await maker.MakeAsync(Stop)).Made);
        return (outside, keys);
    }

    private async Task AssertSameAnswersAsync(DateTimeOffset now)
    {
        foreach (var ask in (Func<IStore, Task<string>>[])
            [
                async store =>
                    string.Join(',', await store.Index.ListAccountsAsync(new(null, null, "presi", 2_000), 0, 10, Stop)),
                async store =>
                    string.Join(',',
                        await store.Index.ListAccountsAsync(
                            new(AccountStatus.Suspended, null, null, 2_000), 0, 10, Stop)),
                async store =>
                    string.Join(',',
                        await store.Index.ListAccountsAsync(new(null, Tier.Protected, null, 2_000), 0, 10, Stop)),
                async store =>
                    string.Join(',', await store.Index.ListProposalsAsync(OperatorId.Parse("kim"), 0, 10, Stop)),
                async store => string.Join(',', await store.Index.ListDueAsync(now.AddDays(2), 10, Stop)),
                async store => string.Join(',', await store.Index.ListOperatorsAsync("", 10, Stop)),
                async store =>
                    string.Join(',',
                        await store.HarmLog.ReadChargesAsync(
                            Actor.Operator(OperatorId.Parse("kim")), now.AddDays(-1), Stop)),
                async store =>
                    string.Join(',',
                        await store.HarmLog.ListHarmedAsync(
                            Actor.Operator(OperatorId.Parse("kim")), now.AddDays(-1), 0, 10, Stop)),
                async store => (await store.Ledger.ReadCountAsync(Large, Stop)).ToString(),
                async store => (await store.Ledger.CountEdgesAsync(Large, Stop)).ToString(CultureInfo.InvariantCulture),
            ])
        {
            var expected = await ask(from.Store);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await ask(to.Store));
        }
    }

    private sealed class Grid(AccountServices services)
    {
        public async Task RegisterAsync(AccountId id) =>
            Assert.Null(
                (await new AccountRegistrar(services).RegisterAsync(id, "president", World.Web, null, Stop)).Refusal);

        public async Task<AccountProcessor> ActivateAsync(AccountId id)
        {
            var processor = new AccountProcessor(id, services);
            await processor.LoadAsync(null, Stop);
            return processor;
        }
    }

    /// <summary>
    /// Ways in which a file is no longer what was exported. Those that a forger would hide have a digest that fits.
    /// </summary>
    private static class Damage
    {
        public static readonly Dictionary<string, Func<string[], string>> All = new(StringComparer.Ordinal)
        {
            ["nothing at all"] = static _ => "",
            ["no export"] = static _ => "{\"name\":\"value\"}\n",
            ["cut after a line"] = static lines => Join(lines[..^2]),
            ["cut in a line"] = static lines => Join(lines)[..^40],
            ["a changed byte"] = static lines => Join(lines).Replace("president", "resident", StringComparison.Ordinal),
            ["something behind the end"] = static lines => Join([.. lines, lines[1]]),
            ["no header"] = static lines => Sealed(lines[1..]),
            ["a newer format"] = static lines =>
                Sealed([lines[0].Replace("\"format\":1", "\"format\":2", StringComparison.Ordinal), .. lines[1..]]),
            ["a changed event"] = static lines =>
                Sealed([.. lines.Select(static l => l.Replace("SPAM", "ABUSE", StringComparison.Ordinal))]),
            ["an entry less"] = static lines => Sealed([.. lines.Where(static (_, i) => i != 2)]),
            ["an entry twice"] = static lines => Sealed([.. lines[..2], .. lines[1..]]),
            ["streams out of order"] = static lines =>
                Sealed([lines[0],
                    .. lines[1..].OrderBy(static l => Rank(l))
                        .ThenByDescending(static l => l, StringComparer.Ordinal)]),
            ["a follower less"] = static lines =>
                Sealed([.. lines.Select(static l => l.Replace("[1,2,", "[2,", StringComparison.Ordinal))]),
            ["a follower twice"] = static lines =>
                Sealed([.. lines.Select(static l => l.Replace("[1,2,", "[2,2,", StringComparison.Ordinal))]),
            ["a checkpoint less"] = static lines => Sealed([.. lines.Where(static l => Rank(l) != 2)]),
            ["an unknown member"] = static lines =>
                Sealed(
                    [.. lines.Select(
                        static l => l.Replace("\"format\":1", "\"format\":1,\"more\":1", StringComparison.Ordinal))]),
        };

        private static int Rank(string line) =>
            line.Contains("\"entry\"", StringComparison.Ordinal) ? 0
                : line.Contains("\"followers\"", StringComparison.Ordinal)
                    && !line.Contains("\"end\"", StringComparison.Ordinal) ? 1
                        : line.Contains("\"end\"", StringComparison.Ordinal) ? 3 : 2;

        private static string Join(IEnumerable<string> lines) => string.Concat(lines.Select(static l => l + "\n"));

        private static string Sealed(string[] lines)
        {
            var before = Join(lines[..^1]);
            var end = lines[^1];
            var digest = end.IndexOf("\"sha256\":\"", StringComparison.Ordinal) + 10;
            return before + end[..digest] + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(before)))
                + end[(digest + 64)..] + "\n";
        }
    }
}
