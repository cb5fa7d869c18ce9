using System.Diagnostics;
using System.Globalization;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;

namespace AccountGrid.Benchmarks;

/// <summary>
/// Two people take a huge account down, one brings it back: the first read after it must cost what any read costs, and
/// be exact.
/// </summary>
internal sealed class RestoreHugeBenchmark : IBenchmark
{
    private const long Huge = 25_073_877;
    private const long Small = 7;
    private const int SmallFollowers = 100;
    private const int PerMessage = 10_000;
    private const int RoundsAtLeast = 21;

    public string Name => "restore-huge";

    public string Summary =>
        "takedown by two, restore, first read of an account with --followers against a read of a small one (<= 1.2x, exact)";

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var directory =
            WorkDirectory.Prepared(options, string.Create(CultureInfo.InvariantCulture, $"huge-{options.Followers}"));
        var environment = new Dictionary<string, string>
        {
            [SiloSettings.MaxHarms] = "100000",
            [SiloSettings.ProtectedReach] = Math.Min(options.Followers, 1_000_000)
                .ToString(CultureInfo.InvariantCulture),
        };
        await using var silo = await SiloUnderTest.StartAsync(directory.Sub("silo"), environment, cancellationToken);
        var ingested = await PrepareAsync(directory, silo, options.Followers, cancellationToken);
        var people = new People(silo);

        var warm = await Rounds.RunAsync(
            Math.Max(options.Rounds, RoundsAtLeast),
            warmUps: 5,
            [
                new Contender("small account", _ => FirstReadAsync(people, Small, SmallFollowers, cancellationToken)),
                new Contender("huge account", _ => FirstReadAsync(people, Huge, options.Followers, cancellationToken)),
            ],
            cancellationToken);
        var cold = await Rounds.RunAsync(
            options.Rounds,
            warmUps: 0,
            [
                new Contender("small account after kill -9",
                    _ => FirstReadAfterKillAsync(silo, Small, SmallFollowers, cancellationToken)),
                new Contender("huge account after kill -9",
                    _ => FirstReadAfterKillAsync(silo, Huge, options.Followers, cancellationToken)),
            ],
            cancellationToken);

        var verified = new List<string>
        {
            $"every read said {options.Followers:#,0} followers, EXACT, from the restore on; status ACTIVE",
            await SiloUnderTest.VerifyAuditAsync(silo, 0, cancellationToken),
        };
        await silo.StopAsync(cancellationToken: cancellationToken);
        VerificationException.ThrowUnlessEqual(
            options.Followers, await StoreFiles.CountEdgesOfAsync(silo.DataDirectory, Huge, cancellationToken),
            "Edges of the huge account");
        verified.Add($"counting the edges one by one gives {options.Followers:#,0}");
        return new Report(
            $"the first read after a takedown by two people and a restore, with {options.Followers:#,0} followers against {SmallFollowers}",
            [
                Row.Compare("first read after the restore", warm[0], warm[1], Units.Time, Goal.RatioAtMost(1.2)),
                Row.Compare("first read of the account after kill -9 and restart", cold[0], cold[1], Units.Time,
                    Goal.None),
            ],
            SyncCost.Measure(directory.FullPath),
            verified,
            [ingested,
                "both accounts are taken down and restored in the same way; a figure is one call over gRPC, client included"]);
    }

    private static async Task<string> PrepareAsync(
        WorkDirectory directory, SiloProcess silo, long followers, CancellationToken cancellationToken)
    {
        var done = directory.File("prepared");
        if (File.Exists(done))
        {
            return "the follows were ingested by an earlier run and kept";
        }

        var accounts = SiloUnderTest.Accounts(silo);
        await accounts.RegisterAccountAsync(
            new RegisterAccountRequest { Id = Huge, Handle = "huge" }, cancellationToken: cancellationToken);
        await accounts.RegisterAccountAsync(
            new RegisterAccountRequest { Id = Small, Handle = "small" }, cancellationToken: cancellationToken);
        using var stream = new FollowStream(silo.Grpc, silo.Token(SiloUnderTest.Service, "service"));
        await stream.SendAsync(FollowStream.Encode(SmallFollowers, PerMessage, 0, _ => Small, Ascending), 1,
            SmallFollowers, cancellationToken);
        const int Chunk = 1_000_000;
        var start = Stopwatch.GetTimestamp();
        for (var from = 0L; from < followers; from += Chunk)
        {
            var count = (int)Math.Min(Chunk, followers - from);
            await stream.SendAsync(
                FollowStream.Encode(count, PerMessage, from, _ => Huge, Ascending), 2, count, cancellationToken);
            Progress.Report($"ingested {from + count:#,0} of {followers:#,0} follows");
        }

        var took = Stopwatch.GetElapsedTime(start);
        await File.WriteAllTextAsync(done, "", cancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"ingested over gRPC in ascending order in {took.TotalSeconds:0} s ({followers / took.TotalSeconds:#,0} follows/s); data directory {StoreFiles.Size(silo.DataDirectory) / 1e6:#,0} MB");
    }

    // What is measured comes after the ingest, and pages that fill one after the other fill many times faster than
    // scattered ones.
    private static long Ascending(long serial) => 1_000_000_000 + serial;

    private static async Task<Sample> FirstReadAsync(
        People people, long id, long followers, CancellationToken cancellationToken)
    {
        await people.TakeDownAsync(id, cancellationToken);
        await people.RestoreAsync(id, cancellationToken);
        return await ReadAsync(people.Reader, id, followers, cancellationToken);
    }

    // The connection is warm: another account is read first.
    private static async Task<Sample> FirstReadAfterKillAsync(
        SiloProcess silo, long id, long followers, CancellationToken cancellationToken)
    {
        await silo.RestartAsync(cancellationToken);
        var reader = SiloUnderTest.Accounts(silo);
        await reader.GetAccountAsync(
            new GetAccountRequest { Id = id == Huge ? Small : Huge }, cancellationToken: cancellationToken);
        return await ReadAsync(reader, id, followers, cancellationToken);
    }

    private static async Task<Sample> ReadAsync(
        AccountService.AccountServiceClient reader, long id, long followers, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var account = await reader.GetAccountAsync(
            new GetAccountRequest { Id = id }, cancellationToken: cancellationToken);
        var took = Stopwatch.GetElapsedTime(start);
        VerificationException.ThrowUnlessEqual(
            (Account.Types.Status.Active, followers, FollowerCount.Types.Quality.Exact),
            (account.Status, account.Followers.Count, account.Followers.Quality),
            $"The first read of account {id}");
        return new Sample(took.TotalSeconds);
    }

    /// <summary>The people and the service of the story.</summary>
    private sealed class People(SiloProcess silo)
    {
        private readonly AccountService.AccountServiceClient _support = new(silo.Invoker("kim", "support"));
        private readonly ProposalService.ProposalServiceClient _approver = new(silo.Invoker("lee", "approver"));

        public AccountService.AccountServiceClient Reader { get; } = SiloUnderTest.Accounts(silo);

        // The huge account is protected by its reach and takes two; the small one takes one.
        public async Task TakeDownAsync(long id, CancellationToken cancellationToken)
        {
            var answer = await _support.DeactivateAccountAsync(
                new DeactivateAccountRequest { Id = id, Reason = "IMPERSONATION", Note = "benchmark" },
                cancellationToken: cancellationToken);
            VerificationException.ThrowUnlessEqual(
                id == Huge ? Outcome.Pending : Outcome.Done, answer.Outcome, "A lone takedown");
            if (answer.Proposal is { } proposal)
            {
                var approved = await _approver.ApproveProposalAsync(
                    new ApproveProposalRequest { Id = proposal.Id, Digest = proposal.Digest },
                    cancellationToken: cancellationToken);
                VerificationException.ThrowUnlessEqual(
                    Account.Types.Status.Deactivated, approved.Account.Status, "After the approval");
            }
        }

        public async Task RestoreAsync(long id, CancellationToken cancellationToken)
        {
            var answer = await _support.RestoreAccountAsync(
                new RestoreAccountRequest { Id = id, Reason = "ERROR", Note = "benchmark" },
                cancellationToken: cancellationToken);
            VerificationException.ThrowUnlessEqual(Outcome.Done, answer.Outcome, "A restore");
        }
    }
}
