using System.Net;
using AccountGrid.Grains;
using AccountGrid.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;

namespace AccountGrid.Silo.Tests;

/// <summary>Which silos there are: our tables and statements under Orleans' own ADO.NET provider.</summary>
public sealed class MembershipTableTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 11, 2, 12, 0, 0, DateTimeKind.Utc);
    private NpgsqlDataSource? _database;
    private IMembershipTable _table = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var server = await SharedServer.GetAsync();
        var options = new PostgresStorageOptions
        {
            ConnectionString = server.ConnectionString(),
            Schema = SharedServer.NewSchema(),
        };
        _database = ClusterDatabase.Connect(options);
        await ClusterDatabase.EnsureAsync(_database, options, NullLogger.Instance, Token);
        _table = await OpenAsync("one");
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Begins_empty_at_version_0_however_often_it_is_opened()
    {
        await OpenAsync("one");
        var all = await _table.ReadAllAsync(Token);
        Assert.Empty(all.Members);
        Assert.Equal(0, all.Version.Version);
    }

    [Fact]
    public async Task A_silo_that_was_added_is_read_with_all_that_is_known_of_it()
    {
        Assert.True(await _table.InsertRowAsync(Silo(1), await NextAsync(), Token));
        var (entry, _) = Assert.Single((await _table.ReadAllAsync(Token)).Members);
        Assert.Equal(
            (Silo(1).SiloAddress, "silo 1", "host", SiloStatus.Joining, 30001, Now, Now),
            (entry.SiloAddress, entry.SiloName, entry.HostName, entry.Status, entry.ProxyPort, entry.StartTime,
                entry.IAmAliveTime));
        Assert.Equal(entry.SiloAddress,
            Assert.Single((await _table.ReadRowAsync(entry.SiloAddress, Token)).Members).Item1.SiloAddress);
        Assert.Empty((await _table.ReadRowAsync(Silo(2).SiloAddress, Token)).Members);
    }

    [Fact]
    public async Task Of_those_who_read_the_same_version_one_may_change_it()
    {
        var version = await NextAsync();
        var inserted = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(n => Task.Run(() => _table.InsertRowAsync(Silo(n), version, Token))));
        Assert.Single(inserted, true);
        var all = await _table.ReadAllAsync(Token);
        Assert.Single(all.Members);
        Assert.Equal(1, all.Version.Version);

        var (entry, etag) = all.Members[0];
        var updates = await Task.WhenAll(
            Enumerable.Range(1, 8)
                .Select(_ => Task.Run(() => _table.UpdateRowAsync(entry, etag, all.Version.Next(), Token))));
        Assert.Single(updates, true);
    }

    [Fact]
    public async Task A_change_that_is_refused_leaves_the_version_where_it_was()
    {
        Assert.True(await _table.InsertRowAsync(Silo(1), await NextAsync(), Token));
        Assert.False(await _table.InsertRowAsync(Silo(1), await NextAsync(), Token));
        var (_, etag) = Assert.Single((await _table.ReadAllAsync(Token)).Members);
        Assert.False(await _table.UpdateRowAsync(Silo(2), etag, await NextAsync(), Token));
        Assert.Equal(1, (await _table.ReadAllAsync(Token)).Version.Version);
    }

    [Fact]
    public async Task Suspicions_and_deaths_are_kept()
    {
        var silo = Silo(1);
        Assert.True(await _table.InsertRowAsync(silo, await NextAsync(), Token));
        silo.Status = SiloStatus.Dead;
        silo.AddSuspector(Silo(2).SiloAddress, Now);
        var (_, etag) = Assert.Single((await _table.ReadAllAsync(Token)).Members);
        Assert.True(await _table.UpdateRowAsync(silo, etag, await NextAsync(), Token));
        var read = Assert.Single((await _table.ReadAllAsync(Token)).Members).Item1;
        Assert.Equal(SiloStatus.Dead, read.Status);
        Assert.Equal(Silo(2).SiloAddress, Assert.Single(read.SuspectTimes!).Item1);
    }

    [Fact]
    public async Task A_sign_of_life_changes_no_version_and_only_the_silent_that_are_not_in_service_are_forgotten()
    {
        foreach (var (n, status) in ((int, SiloStatus)[])[(1, SiloStatus.Active), (2, SiloStatus.Dead),
            (3, SiloStatus.Dead)])
        {
            var silo = Silo(n);
            silo.Status = status;
            Assert.True(await _table.InsertRowAsync(silo, await NextAsync(), Token));
        }

        var alive = Silo(3);
        alive.IAmAliveTime = Now.AddHours(1);
        await _table.UpdateIAmAliveAsync(alive, Token);
        Assert.Equal(3, (await _table.ReadAllAsync(Token)).Version.Version);

        await _table.CleanupDefunctSiloEntriesAsync(Now.AddMinutes(1), Token);
        Assert.Equal([1, 3],
            (await _table.ReadAllAsync(Token)).Members.Select(static m => m.Item1.SiloAddress.Generation).Order());
    }

    [Fact]
    public async Task Clusters_do_not_see_each_other()
    {
        var other = await OpenAsync("two");
        Assert.True(await _table.InsertRowAsync(Silo(1), await NextAsync(), Token));
        Assert.Empty((await other.ReadAllAsync(Token)).Members);
        await other.DeleteMembershipTableEntriesAsync("two", Token);
        Assert.Single((await _table.ReadAllAsync(Token)).Members);
        await _table.DeleteMembershipTableEntriesAsync("one", Token);
        Assert.Equal(0L,
            await _database!.CreateCommand("SELECT count(*) FROM OrleansMembershipVersionTable")
                .ExecuteScalarAsync(Token));
    }

    private static MembershipEntry Silo(int n) => new()
    {
        SiloAddress = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11000 + n), n),
        SiloName = $"silo {n}",
        HostName = "host",
        Status = SiloStatus.Joining,
        ProxyPort = 30000 + n,
        StartTime = Now,
        IAmAliveTime = Now,
    };

    private async Task<TableVersion> NextAsync() => (await _table.ReadAllAsync(Token)).Version.Next();

    private async Task<IMembershipTable> OpenAsync(string cluster)
    {
        var table = new AdoNetClusteringTable(
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new ClusterOptions { ClusterId = cluster, ServiceId = ClusterNames.ServiceId }),
            Options.Create(new AdoNetClusteringSiloOptions
            {
                Invariant = ClusterDatabase.Invariant,
                DataSource = _database,
            }),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Token);
        return table;
    }
}
