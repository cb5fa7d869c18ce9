using System.Text;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public sealed class LoadTests
{
    private static readonly Caller Kim = World.Person("kim");
    private static readonly StreamId Stream = StreamId.Of(World.Account);

    /// <summary>A world with an account of 11 entries, in pages of 4.</summary>
    private static Task InWorld(Func<World, AccountProcessor, Task> test) => OneThread.RunAsync(async () =>
    {
        using var world = new World(new ProcessorLimits { JournalPage = 4, SnapshotEvery = 10 });
        await world.EnrollAsync("kim");
        await world.RegisterAsync();
        var account = await world.ActivateAsync();
        for (var i = 0; i < 5; i++)
        {
            await account.ExecuteAsync(new(World.Deactivate(), Kim, $"down{i}"), Token);
            await account.ExecuteAsync(new(World.Restore(), Kim, $"up{i}"), Token);
        }

        await test(world, account);
    });

    private static async Task<int> ReadsOf(World world, AccountProcessor like, AccountSnapshot? snapshot)
    {
        var before = world.Journal.EntriesRead;
        var loaded = await world.ActivateAsync(snapshot: snapshot);
        Assert.Equal(like.View.State.Version, loaded.View.State.Version);
        Assert.Equal(like.View.State.Requests.AsEnumerable(), loaded.View.State.Requests);
        Assert.Equal(like.View.State.Holds.AsEnumerable(), loaded.View.State.Holds);
        Assert.Equal(like.View.State.StateVersion, loaded.View.State.StateVersion);
        Assert.Equal(Outcome.Done, (await loaded.ExecuteAsync(new(World.Deactivate(), Kim, "down4"), Token)).Outcome);
        return world.Journal.EntriesRead - before;
    }

    public sealed class Snapshot
    {
        [Fact]
        public Task Starts_where_it_ends() => InWorld(async (world, account) =>
        {
            Assert.True(account.SnapshotDue);
            var snapshot = account.CaptureSnapshot();
            Assert.False(account.SnapshotDue);
            Assert.Equal(1, await ReadsOf(world, account, snapshot));
        });

        [Fact]
        public Task Of_earlier_is_continued_with_the_tail() => InWorld(async (world, account) =>
        {
            var snapshot = account.CaptureSnapshot();
            await account.ExecuteAsync(new(World.Deactivate(), Kim, "later"), Token);
            for (var i = 0; i < 5; i++)
            {
                await account.ExecuteAsync(new(World.Deactivate(directOnly: true), World.Person("stranger")), Token);
            }

            Assert.Equal(1 + 6, await ReadsOf(world, account, snapshot));
        });

        [Theory]
        [InlineData("hash")]
        [InlineData("newer than the journal")]
        [InlineData("garbage")]
        [InlineData("no state")]
        [InlineData("unknown member")]
        [InlineData("missing member")]
        [InlineData("other format")]
        [InlineData("other account")]
        [InlineData("other version inside")]
        [InlineData("no hash")]
        [InlineData("state that the tail cannot follow")]
        public Task That_is_sealed_and_wrong_all_the_same_is_ignored_and_the_journal_read_in_full(string what) =>
            InWorld(async (world, account) =>
            {
                var good = account.CaptureSnapshot();
                var hash = (byte[])good.HeadHash.Clone();
                hash[0] ^= 1;
                var bad = what switch
                {
                    "hash" => good with { HeadHash = hash },
                    "newer than the journal" =>
                        good with { Version = 12, StateJson = Swap("\"version\":11", "\"version\":12") },
                    "garbage" => good with { StateJson = "{]" },
                    "no state" => good with { StateJson = "null" },
                    "unknown member" => good with { StateJson = Swap("\"handle\"", "\"nick\"") },
                    "missing member" => good with { StateJson = Swap("\"holds\":[],", "") },
                    "other format" => good with { Format = AccountSnapshot.CurrentFormat + 1 },
                    "other account" => good with { StateJson = Swap("25073877", "2") },
                    "other version inside" => good with { StateJson = Swap("\"version\":11", "\"version\":10") },
                    "no hash" => good with { HeadHash = [] },
                    _ => await WithATailThatCannotFollow(),
                };
                bad = world.Accounts.Seal.Close(World.Account, bad);
                Assert.InRange(await ReadsOf(world, account, bad), account.View.State.Version,
                    account.View.State.Version + 5);

                async Task<AccountSnapshot> WithATailThatCannotFollow()
                {
                    // The tail closes a proposal that the snapshot's state, an older one, does not have.
                    await account.ExecuteAsync(
                        new(World.Deactivate(world.Clock.GetUtcNow().AddHours(1)), Kim, "p"), Token);
                    var withProposal = account.CaptureSnapshot();
                    await account.ExecuteAsync(new(new AccountCommand.Withdraw(12, ""), Kim, "w"), Token);
                    return withProposal with { StateJson = Swap("\"version\":11", "\"version\":12") };
                }

                string Swap(string from, string to)
                {
                    Assert.Contains(from, good.StateJson, StringComparison.Ordinal);
                    return good.StateJson.Replace(from, to, StringComparison.Ordinal);
                }
            });

        // A person with access to the database took the holds and the protection out of a snapshot, left its version
        // and hash, and one person took the account down alone.
        [Theory]
        [InlineData("state")]
        [InlineData("version")]
        [InlineData("hash")]
        [InlineData("count")]
        [InlineData("count's version")]
        [InlineData("count's instant")]
        [InlineData("format")]
        [InlineData("seal")]
        [InlineData("no seal")]
        [InlineData("another account's")]
        [InlineData("another key's")]
        public Task That_another_hand_changed_is_ignored_and_the_journal_read_in_full(string what) =>
            InWorld(async (world, account) =>
            {
                await account.ExecuteAsync(
                    new(new AccountCommand.Protect(OperatorId.Parse("lee"), "OTHER", "", "", null), Kim), Token);
                await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                var good = account.CaptureSnapshot();
                var flipped = (byte[])good.Seal.Clone();
                flipped[^1] ^= 1;
                var bad = what switch
                {
                    "state" => good with { StateJson = Unprotected(good.StateJson) },
                    "version" => good with { Version = good.Version - 1 },
                    "hash" => good with { HeadHash = flipped },
                    "count" => good with { FollowerCount = good.FollowerCount + 1 },
                    "count's version" => good with { FollowerVersion = good.FollowerVersion + 1 },
                    "count's instant" => good with { FollowersAsOf = good.FollowersAsOf.AddMicroseconds(1) },
                    "format" => good with { Format = 1 },
                    "seal" => good with { Seal = flipped },
                    "no seal" => good with { Seal = [] },
                    "another account's" => world.Accounts.Seal.Close(new(7), good),
                    _ => World.NewSeal().Close(World.Account, good),
                };

                using var recording = new Recording(world);
                var before = world.Journal.EntriesRead;
                var loaded = await world.ActivateAsync(snapshot: bad);

                Assert.True(world.Journal.EntriesRead - before >= account.View.State.Version);
                Assert.Equal(Tier.Protected, loaded.View.Tier);
                Assert.NotNull(loaded.View.State.Designation);
                var down = await loaded.ExecuteAsync(new(World.Deactivate(directOnly: true), Kim), Token);
                Assert.Equal(RefusalReason.NeedsSecondPerson, down.Refusal?.Reason);
                Assert.Equal(1,
                    recording.Sum("accountgrid.snapshots.ignored", what == "format" ? "cause=format" : "cause=seal"));

                static string Unprotected(string json)
                {
                    var start = json.IndexOf("\"designation\":{", StringComparison.Ordinal);
                    var end = json.IndexOf('}', start) + 1;
                    return $"{json[..start]}\"designation\":null{json[end..]}";
                }
            });

        [Fact]
        public Task Holds_every_part_of_the_state() => OneThread.RunAsync(async () =>
        {
            using var world = new World();
            await world.EnrollAsync("kim");
            await world.RegisterAsync();
            var account = await world.ActivateAsync();
            var now = world.Clock.GetUtcNow();
            await account.ExecuteAsync(
                new(new AccountCommand.Protect(OperatorId.Parse("lee"), "OTHER", "", "", now.AddDays(9)), Kim, "a"),
                Token);
            await account.ExecuteAsync(new(World.Deactivate(), Kim, "b"), Token);
            await account.ExecuteAsync(new(new AccountCommand.Approve(3, null, ""), Kim, "c"), Token);
            var snapshot = account.CaptureSnapshot();
            var digests = account.View.State.Requests.Select(r => r.Digest).ToArray();

            // Whatever is renamed here makes stored snapshots unreadable, which costs one full read each: raise the
            // format if its meaning changes.
            Assert.Equal(
                $$$"""
                {"id":25073877,"handle":"president","version":4,"stateVersion":2,"registeredAt":"2017-11-02T22:00:00Z","erasedAt":null,"holds":[],
                "designation":{"owner":"lee","reason":"OTHER","at":"2017-11-02T22:00:00Z","reviewAt":"2017-11-11T22:00:00Z"},
                "reach":null,"losses":null,"proposal":{"sequence":3,"state":"open","action":{"kind":"deactivate","reason":"SPAM","note":"","ticket":"","until":null,"at":null,"followers":0},
                "digest":"{{{account.View.State.Proposal!.Digest}}}","shown":{"followers":0,"tier":"protected"},"proposedBy":"op/kim",
                "proposedAt":"2017-11-02T22:00:00Z","approvedBy":null,"stateVersion":2,"dueAt":"2017-11-02T22:15:00Z"},"closedProposals":[],
                "requests":[{"id":"a","digest":"{{{digests[0]}}}","outcome":"done","proposalSequence":null,"refusal":null,"at":"2017-11-02T22:00:00Z","by":"op/kim"},
                {"id":"b","digest":"{{{digests[1]}}}","outcome":"pending","proposalSequence":3,"refusal":null,"at":"2017-11-02T22:00:00Z","by":"op/kim"},
                {"id":"c","digest":"{{{digests[2]}}}","outcome":"refused","proposalSequence":3,
                "refusal":{"reason":"SAME_PERSON","message":"The approver must be another person than the proposer.","field":null,"retryAfter":null},"at":"2017-11-02T22:00:00Z","by":"op/kim"}],
                "refusedCallers":[{"caller":"op/kim","since":"2017-11-02T22:00:00Z","entries":1}]}
                """.ReplaceLineEndings(""),
                snapshot.StateJson);
            var read = world.Journal.EntriesRead;
            var loaded = await world.ActivateAsync(snapshot: snapshot);
            Assert.Equal(read + 1, world.Journal.EntriesRead);
            Assert.Equal(account.View.State.Proposal, loaded.View.State.Proposal);
            Assert.Equal(account.View.State.Designation, loaded.View.State.Designation);
            Assert.Equal(account.View.State.Requests.AsEnumerable(), loaded.View.State.Requests);
        });
    }

    public sealed class Journal
    {
        [Fact]
        public Task Is_read_in_pages() =>
            InWorld(async (world, account) => Assert.Equal(11, await ReadsOf(world, account, null)));

        [Theory]
        [InlineData("missing")]
        [InlineData("doubled")]
        [InlineData("changed")]
        [InlineData("swapped")]
        [InlineData("impossible")]
        public Task That_is_damaged_keeps_the_account_out_of_service(string how) => InWorld(async (world, account) =>
        {
            world.Journal.Tamper(Stream, entries =>
            {
                switch (how)
                {
                    case "missing":
                        entries.RemoveAt(5);
                        break;
                    case "doubled":
                        entries.Insert(5, entries[5]);
                        break;
                    case "changed":
                        entries[5] = entries[5] with { Actor = Actor.Operator(OperatorId.Parse("lee")) };
                        break;
                    case "swapped":
                        (entries[5], entries[7]) = (entries[7], entries[5]);
                        break;
                    default:
                        // Hashed as it should be, but there is nothing to lift.
                        var entry = entries[10] with { Sequence = 12 };
                        entries.Add(entry with { Hash = EntryHash.Compute(entry, entries[10].Hash.Span) });
                        break;
                }
            });
            var error = await Assert.ThrowsAsync<JournalDamagedException>(() => world.ActivateAsync());
            Assert.Contains(Stream.Value, error.Message, StringComparison.Ordinal);
        });

        [Fact]
        public Task Of_a_newer_program_is_told_apart_from_a_damaged_one() => InWorld(async (world, account) =>
        {
            world.Journal.Tamper(Stream, entries =>
            {
                var entry = entries[10] with { Sequence = 12, TypeVersion = 2, Payload = Encoding.UTF8.GetBytes("{}") };
                entries.Add(entry with { Hash = EntryHash.Compute(entry, entries[10].Hash.Span) });
            });
            await Assert.ThrowsAsync<UnknownFormatException>(() => world.ActivateAsync());
        });

        [Fact]
        public Task That_cannot_be_read_is_a_storage_failure() => InWorld(async (world, _) =>
        {
            world.Journal.ReadsFail = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(() => world.ActivateAsync());
        });
    }

    public sealed class Refresh
    {
        [Fact]
        public Task Brings_what_another_activation_appended_and_waits_for_no_command() =>
            InWorld(async (world, account) =>
            {
                var other = await world.ActivateAsync();
                world.Journal.BeforeAppend.Arm();
                var command = other.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                await world.Journal.BeforeAppend.Reached;
                world.Journal.BeforeAppend.Release();
                await command;
                Assert.Equal(11, account.View.State.Version);

                world.Journal.BeforeAppend.Arm();
                var late = account.ExecuteAsync(new(World.Suspend(world.Clock.GetUtcNow().AddHours(1)), Kim), Token);
                await world.Journal.BeforeAppend.Reached;
                await account.RefreshAsync(12, Token);
                Assert.Equal(AccountStatus.Deactivated, account.View.State.Status);
                world.Journal.BeforeAppend.Release();
                Assert.Equal(Outcome.Done, (await late).Outcome);
                Assert.True(account.IsFenced);
                Assert.Equal((13L, AccountStatus.Suspended), (account.View.State.Version, account.View.State.Status));
            });

        [Fact]
        public Task That_meets_its_own_append_counts_it_once() => InWorld(async (world, account) =>
        {
            world.Journal.AfterRead.Arm();
            var refresh = account.RefreshAsync(12, Token);
            await world.Journal.AfterRead.Reached;
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            var second = account.RefreshAsync(13, Token);
            world.Journal.AfterRead.Release();
            await Task.WhenAll(refresh, second);
            Assert.Equal((12L, AccountStatus.Deactivated), (account.View.State.Version, account.View.State.Status));
            Assert.False(account.IsFenced);
        });

        [Fact]
        public Task That_joins_a_reading_begun_too_early_reads_again() => InWorld(async (world, account) =>
        {
            var other = await world.ActivateAsync();
            world.Journal.AfterRead.Arm();
            var early = other.RefreshAsync(12, Token);
            await world.Journal.AfterRead.Reached;
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            var late = other.RefreshAsync(12, Token);
            world.Journal.AfterRead.Release();
            await late;
            Assert.Equal(12, other.View.State.Version);
            await early;
        });
    }

    public sealed class Ledger
    {
        [Fact]
        public Task That_cannot_be_read_leaves_the_account_in_service_and_protected() =>
            InWorld(async (world, account) =>
            {
                await account.FollowAsync([new FollowChange(new AccountId(7), true)], Token);
                var snapshot = account.CaptureSnapshot();
                world.Ledger.ReadsFail = true;
                var loaded = await world.ActivateAsync(snapshot: snapshot);
                Assert.Equal((null, Tier.Protected), (loaded.View.Followers, loaded.View.Tier));
                Assert.Equal(new FollowerCount(1, 1, world.Clock.GetUtcNow()), loaded.View.LastKnownFollowers);
                Assert.Equal(Outcome.Pending, (await loaded.ExecuteAsync(new(World.Deactivate(), Kim), Token)).Outcome);

                // Not sooner than the pause, and then by the next read.
                world.Ledger.ReadsFail = false;
                var reads = world.Ledger.Reads;
                loaded.Recover();
                Assert.Equal(reads, world.Ledger.Reads);
                world.Clock.Advance(world.Limits.RetryAfter);
                world.Ledger.AfterRead.Arm();
                loaded.Recover();
                loaded.Recover();
                await world.Ledger.AfterRead.Reached;
                Assert.Equal(reads + 1, world.Ledger.Reads);
                var command = loaded.ExecuteAsync(new(new AccountCommand.Reject(12, ""), Kim), Token);
                world.Ledger.AfterRead.Release();
                await command;
                Assert.Equal((1L, Tier.Standard), (loaded.View.Followers!.Count, loaded.View.Tier));
            });

        [Fact]
        public Task That_does_not_answer_is_waited_for_a_little_only() => InWorld(async (world, _) =>
        {
            world.Ledger.AfterRead.Arm();
            var loading = world.ActivateAsync();
            await world.Ledger.AfterRead.Reached;
            while (!loading.IsCompleted)
            {
                world.Clock.Advance(world.Limits.LedgerWait);
                await Task.Yield();
            }

            var loaded = await loading;
            Assert.Null(loaded.View.Followers);
            world.Ledger.AfterRead.Release();
            var command = await loaded.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            Assert.Equal(Outcome.Done, command.Outcome);
            Assert.NotNull(command.View.Followers);
        });
    }
}
