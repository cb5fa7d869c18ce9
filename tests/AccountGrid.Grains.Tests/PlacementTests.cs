using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.GrainDirectory;

namespace AccountGrid.Grains.Tests;

public sealed class PlacementTests
{
    private static CancellationToken Never => CancellationToken.None;

    public sealed class A_stateless_worker : GridTest
    {
        /// <summary>
        /// Its first call in a silo once asked the silo that owned its key in the distributed directory, and waited
        /// where that silo stood still.
        /// </summary>
        [Theory]
        [InlineData("registrar", true)]
        [InlineData("directory", true)]
        [InlineData("traces", true)]
        [InlineData("account", false)]
        [InlineData("operator", false)]
        [InlineData("audit", false)]
        public async Task Is_looked_up_in_no_directory(string type, bool isWorker)
        {
            var own = Assert.Single(Grid.Services(0).GetServices<IGrainDirectoryResolver>().OfType<WorkerDirectory>());
            Assert.Equal(isWorker, own.TryResolveGrainDirectory(GrainType.Create(type), null, out var directory));
            Assert.Equal(isWorker, directory is not null);
            Assert.Null(directory is null ? null : await directory.Lookup(GrainId.Create(type, "0"), Never));
        }
    }

    public sealed class An_unknown_account : GridTest
    {
        [Fact]
        public async Task Is_refused_by_every_method_and_takes_no_place()
        {
            await Grid.EnrollAsync("kim");
            var account = Grid.Account(404);
            Func<Task>[] calls =
            [
                () => account.GetAsync(0, Never).AsTask(),
                () => account.VisitAsync(Never).AsTask(),
                () => account.SendAsync(Callers.Deactivate(), Callers.Staff("kim")),
                () => account.FollowAsync([new(1, true)], Callers.Service, Never),
                () => account.FireDueAsync(Never),
                () => account.FreezeAsync("kim", Never),
                () => account.ReadJournalAsync(0, 10, Never),
                () => account.ReadIncidentsAsync(10, Never),
            ];
            foreach (var call in calls)
            {
                var refused = await Assert.ThrowsAsync<GrainRefusedException>(call);
                Assert.Equal(RefusalReason.NotFound, refused.Refusal.Reason);
            }

            Assert.Equal(0, await Grid.ActivationsAsync(nameof(AccountGrain)));
        }

        [Theory]
        [InlineData(0)]
        [InlineData(-1)]
        [InlineData(long.MinValue)]
        public async Task That_cannot_exist_is_not_even_looked_for(long id)
        {
            var asked = Grid.Journal.ExistsCalls;
            var refused = await Assert.ThrowsAsync<GrainRefusedException>(
                () => Grid.Grains.GetGrain<IAccountGrain>(id).GetAsync(0, Never).AsTask());
            Assert.Equal(RefusalReason.NotFound, refused.Refusal.Reason);
            Assert.Equal(asked, Grid.Journal.ExistsCalls);
        }

        [Fact]
        public async Task Is_known_from_its_registration_on()
        {
            await Assert.ThrowsAsync<GrainRefusedException>(() => Grid.Account(1).GetAsync(0, Never).AsTask());
            await Grid.RegisterAsync(1);
            Assert.Equal("user_1", (await Grid.Account(1).ReadAsync()).Handle);
        }
    }

    /// <summary>Measures the process's memory, so nothing else may run in it meanwhile.</summary>
    [Collection(nameof(Alone))]
    public sealed class A_storm_of_unknown_accounts : GridTest
    {
        [Fact]
        public async Task Leaves_activations_and_memory_as_they_were()
        {
            await Grid.RegisterAsync(1);
            await Grid.Account(1).ReadAsync();
            await StormAsync(seed: 1, ids: 20_000);
            var before = Heap();

            Assert.Equal(0, await StormAsync(seed: 2, ids: 100_000));

            Assert.Equal(1, await Grid.ActivationsAsync(nameof(AccountGrain)));
            Assert.InRange(Heap() - before, long.MinValue, 4 << 20);
            Assert.Equal("user_1", (await Grid.Account(1).ReadAsync()).Handle);
        }

        /// <returns>How many were not refused.</returns>
        private async Task<int> StormAsync(int seed, int ids)
        {
            var random = new Random(seed);
            var next = Enumerable.Range(0, ids).Select(_ => random.NextInt64(2, long.MaxValue)).ToArray();
            var answered = 0;
            await Parallel.ForEachAsync(next, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (id, token) =>
            {
                try
                {
                    await Grid.Account(id).GetAsync(0, token);
                    Interlocked.Increment(ref answered);
                }
                catch (GrainRefusedException e)
                {
                    Assert.True(e.Refusal.Reason is RefusalReason.NotFound or RefusalReason.Overloaded,
                        e.Refusal.Message);
                }
            });
            return answered;
        }

        private static long Heap()
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }

            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }

    public sealed class A_store_that_cannot_say_who_is_known : GridTest
    {
        [Fact]
        public async Task Refuses_as_unavailable_and_is_asked_only_once()
        {
            await Grid.RegisterAsync(1);
            Grid.Journal.ExistsFailure = new StorageUnavailableException(
                "exists", null, isTransient: true, outcomeUnknown: false);
            var asked = Grid.Journal.ExistsCalls;
            var refused = await Assert.ThrowsAsync<GrainRefusedException>(
                () => Grid.Account(1).GetAsync(0, Never).AsTask());
            Assert.Equal(RefusalReason.StorageUnavailable, refused.Refusal.Reason);
            Assert.Equal(asked + 1, Grid.Journal.ExistsCalls);
        }

        [Fact]
        public async Task Passes_on_that_it_is_overloaded_with_its_delay()
        {
            Grid.Journal.ExistsFailure = new StorageOverloadedException(
                "The queue of existence checks", TimeSpan.FromSeconds(3));
            var refused = await Assert.ThrowsAsync<GrainRefusedException>(
                () => Grid.Account(1).GetAsync(0, Never).AsTask());
            Assert.Equal((RefusalReason.Overloaded, TimeSpan.FromSeconds(3)),
                (refused.Refusal.Reason, refused.Refusal.RetryAfter));
        }

        [Fact]
        public async Task Is_not_asked_about_an_account_that_is_active()
        {
            await Grid.RegisterAsync(1);
            await Grid.Account(1).ReadAsync();
            Grid.Journal.ExistsFailure = new StorageUnavailableException(
                "exists", null, isTransient: true, outcomeUnknown: false);
            Assert.Equal("user_1", (await Grid.Account(1).ReadAsync()).Handle);
        }
    }

    public sealed class Over_three_silos
    {
        [Fact]
        public async Task Accounts_are_spread_though_one_silo_makes_every_call()
        {
            await using var grid = await TestGrid.StartAsync(silos: 3);

            // A silo takes part once its first count has arrived, a second after its start at the latest.
            var first = 0L;
            await Eventually.TrueAsync(
                async () =>
                {
                    await ActivateAsync(grid, ++first);
                    return await grid.ActivationsPerSiloAsync(nameof(AccountGrain)) is { Length: 3 };
                },
                "every silo has an account");
            var before = await grid.ActivationsPerSiloAsync(nameof(AccountGrain));
            for (var id = first + 1; id <= first + 300; id++)
            {
                await ActivateAsync(grid, id);
            }

            // Of two silos drawn at random the emptier one is taken, by counts that are published now and then: even in
            // the long run, not after 300. By preference for the caller it would be 300 and twice 0.
            var counts = await grid.ActivationsPerSiloAsync(nameof(AccountGrain));
            Assert.Equal(300, counts.Sum() - before.Sum());
            Assert.All(counts, c => Assert.InRange(c, 15, 240 + before.Sum()));
        }

        private static async Task ActivateAsync(TestGrid grid, long id)
        {
            await grid.RegisterAsync(id);
            await grid.Account(id).ReadAsync();
        }

        [Fact]
        public async Task Refusals_and_answers_cross_from_one_silo_to_another_as_they_are()
        {
            await using var grid = await TestGrid.StartAsync(silos: 3);
            await grid.EnrollAsync("kim");
            await grid.RegisterAsync(1);
            for (var silo = 0; silo < 3; silo++)
            {
                var account =
                    ((IGrainFactory)grid.Services(silo).GetService(typeof(IGrainFactory))!).GetGrain<IAccountGrain>(1);
                var refused = await account.SendAsync(Callers.Deactivate("\u202E"), Callers.Staff("kim"));
                Assert.Equal((RefusalReason.InvalidArgument, "note"), (refused.Refusal!.Reason, refused.Refusal.Field));
                Assert.Equal(1, (await account.ReadAsync()).Version);
            }
        }
    }
}
