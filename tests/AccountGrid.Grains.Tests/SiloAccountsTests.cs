using System.Collections.Concurrent;
using System.Collections.Immutable;
using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace AccountGrid.Grains.Tests;

public sealed class SiloAccountsTests
{
    public sealed class Over_three_silos : IAsyncLifetime
    {
        private TestGrid _grid = null!;
        private long _accounts;

        public async ValueTask InitializeAsync()
        {
            _grid = await TestGrid.StartAsync(silos: 3);
            await _grid.EnrollAsync("kim");


            // Silos that have just met know of each other's room only after a while; until then accounts stay where the
            // first call came.
            await Eventually.TrueAsync(
                async () =>
                {
                    for (var end = _accounts + 90; _accounts < end;)
                    {
                        await _grid.RegisterAsync(++_accounts);
                        await _grid.Account(_accounts).ReadAsync();
                    }

                    return (await _grid.ActivationsPerSiloAsync(nameof(AccountGrain))).Count(n => n > 10) == 3;
                },
                "accounts are on every silo");
        }

        public ValueTask DisposeAsync() => _grid.DisposeAsync();

        [Fact]
        public async Task Every_active_account_is_found_from_every_silo()
        {
            for (var silo = 0; silo < 3; silo++)
            {
                var found = await ReadActiveAsync(silo, Ids);
                Assert.Equal(Ids, found.Select(a => a.Id).Order());
                Assert.All(found, a => Assert.Equal($"user_{a.Id}", a.Handle));
            }
        }

        [Fact]
        public async Task Each_silo_is_called_once_and_no_account_from_another_silo_than_its_own()
        {
            var calls = new ConcurrentQueue<string>();
            _grid.CallFailure = method =>
            {
                calls.Enqueue(method);
                return null;
            };
            var away = _grid.AccountCallsBetweenSilos;
            Assert.Equal(_accounts, (await ReadActiveAsync(0, Ids)).Length);
            Assert.Equal(away, _grid.AccountCallsBetweenSilos);
            var batches = calls.Count(static call => call == nameof(IDirectoryGrain.ReadActiveAsync));
            Assert.Equal(Math.Ceiling((double)_accounts / Limits.BatchGet), batches);
            Assert.Equal(3 * batches, calls.Count(static call => call == nameof(ISiloAccounts.ReadAsync)));

            // That the count counts: most accounts live elsewhere, and calling one by one travels.
            foreach (var id in Ids)
            {
                await _grid.Account(id).ReadAsync();
            }

            Assert.NotEqual(away, _grid.AccountCallsBetweenSilos);
        }

        [Fact]
        public async Task What_is_found_is_as_new_as_what_a_call_answers()
        {
            foreach (var id in Ids.Take(30))
            {
                Assert.Null(
                    (await _grid.Account(id)
                        .SendAsync(Callers.Deactivate(), Callers.Staff("kim"), $"down-{id}")).Refusal);
                Assert.All(await ReadActiveAsync(1, [id]),
                    a => Assert.Equal((AccountStatus.Deactivated, 2), (a.Status, a.Version)));
            }
        }

        private IEnumerable<long> Ids => Enumerable.Range(1, (int)_accounts).Select(i => (long)i);

        private async Task<ImmutableArray<AccountInfo>> ReadActiveAsync(int silo, IEnumerable<long> ids)
        {
            var directory = _grid.Services(silo).GetRequiredService<IGrainFactory>().GetGrain<IDirectoryGrain>(0);
            var found = await Task.WhenAll(
                ids.Chunk(Limits.BatchGet)
                    .Select(some => directory.ReadActiveAsync([.. some], CancellationToken.None)));
            return [.. found.SelectMany(static batch => batch.Accounts)];
        }
    }

    public sealed class What_is_not_active : GridTest
    {
        [Fact]
        public async Task Is_left_out_and_is_not_woken()
        {
            await Grid.RegisterAsync(1);
            await Grid.RegisterAsync(2);
            await Grid.Account(1).ReadAsync();
            var batch = await Grid.Grains.GetGrain<IDirectoryGrain>(0)
                .ReadActiveAsync([1, 2, 404, -1, 0], CancellationToken.None);
            Assert.Equal([1], batch.Accounts.Select(a => a.Id));
            Assert.Equal(1, await Grid.ActivationsAsync(nameof(AccountGrain)));

            await Grid.DeactivateAllAsync();
            Assert.Empty(
                (await Grid.Grains.GetGrain<IDirectoryGrain>(0)
                    .ReadActiveAsync([1, 2], CancellationToken.None)).Accounts);
        }

        [Fact]
        public async Task More_than_the_bound_is_not_looked_for()
        {
            await Grid.RegisterAsync(1);
            await Grid.Account(1).ReadAsync();
            var ids = Enumerable.Repeat(7L, Limits.BatchGet).Append(1L);
            Assert.Empty(
                (await Grid.Grains.GetGrain<IDirectoryGrain>(0)
                    .ReadActiveAsync([.. ids], CancellationToken.None)).Accounts);
        }
    }
}
