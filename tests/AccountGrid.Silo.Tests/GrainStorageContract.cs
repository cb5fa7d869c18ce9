using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Storage;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// What grain storage promises, with our tables and statements under Orleans' own ADO.NET provider, on whichever
/// database.
/// </summary>
public abstract class GrainStorageContract : IAsyncLifetime
{
    private IHost? _host;
    private IGrainStorage _storage = null!;

    public async ValueTask InitializeAsync()
    {
        await MakeDatabaseAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.OrGiven(0, IPAddress.Loopback, ""),
                FreePort.OrGiven(0, IPAddress.Loopback, ""), null, "accountgrid", "test");
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.AddAdoNetGrainStorage("s", (AdoNetGrainStorageOptions o) => Connect(o));
        });
        _host = builder.Build();
        await _host.StartAsync();
        _storage = _host.Services.GetRequiredKeyedService<IGrainStorage>("s");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is { } host)
        {
            await host.StopAsync();
            host.Dispose();
        }

        await RemoveDatabaseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_was_written_is_read_and_only_its_reader_may_write_over_it()
    {
        var mine = await WriteAsync(7, "first");
        mine.State!.Text = "second";
        await _storage.WriteStateAsync("snapshot", Id(7), mine);
        var read = await ReadAsync(7);
        Assert.Equal((true, "second", "2"), (read.RecordExists, read.State!.Text, read.ETag));

        await _storage.WriteStateAsync("snapshot", Id(7), read);
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("snapshot", Id(7), mine));
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("snapshot", Id(7), mine));
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(7, "as if it were the first"));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.WriteStateAsync("snapshot", Id(8), new GrainState<Snap>(new Snap(), "9")));
    }

    [Fact]
    public async Task What_was_cleared_is_gone_and_may_be_written_again()
    {
        var mine = await WriteAsync(7, "x");
        await _storage.ClearStateAsync("snapshot", Id(7), mine);
        var read = await ReadAsync(7);
        Assert.False(read.RecordExists);
        read.State!.Text = "again";
        await _storage.WriteStateAsync("snapshot", Id(7), read);
        Assert.Equal("again", (await ReadAsync(7)).State!.Text);
    }

    [Fact]
    public async Task Of_two_first_writes_at_once_one_wins_and_there_is_one_row()
    {
        var conflicts = 0;
        for (var id = 1000; id < 1050; id++)
        {
            await Task.WhenAll(Enumerable.Range(0, 2).Select(n => Task.Run(async () =>
            {
                try
                {
                    await WriteAsync(id, $"{n}");
                }
                catch (InconsistentStateException)
                {
                    Interlocked.Increment(ref conflicts);
                }
            })));
        }

        Assert.Equal(50, conflicts);
        Assert.Equal(50L, await ScalarAsync("SELECT count(*) FROM OrleansStorage"));
    }

    [Fact]
    public async Task Grains_do_not_share_rows()
    {
        await WriteAsync(1, "one");
        await WriteAsync(-1, "minus one");
        await _storage.WriteStateAsync(
            "snapshot", GrainId.Create("operator", "op/a"), new GrainState<Snap>(new Snap { Text = "a" }));
        await _storage.WriteStateAsync(
            "snapshot", GrainId.Create("operator", "op/0a"), new GrainState<Snap>(new Snap { Text = "0a" }));
        Assert.Equal("one", (await ReadAsync(1)).State!.Text);
        Assert.Equal(4L, await ScalarAsync("SELECT count(*) FROM OrleansStorage"));
    }

    [Fact]
    public async Task No_type_name_gets_into_the_database()
    {
        await WriteAsync(1, "x");
        Assert.Equal("""{"Text":"x"}""", await ScalarAsync(PayloadAsText));
    }

    /// <summary>Selects the payload of the only row as text.</summary>
    protected abstract string PayloadAsText { get; }

    protected abstract Task MakeDatabaseAsync();

    protected abstract Task RemoveDatabaseAsync();

    protected abstract void Connect(AdoNetGrainStorageOptions options);

    protected abstract Task<object?> ScalarAsync(string sql);

    private static GrainId Id(long id) =>
        GrainId.Create(GrainType.Create("account"), GrainIdKeyExtensions.CreateIntegerKey(id));

    private async Task<GrainState<Snap>> WriteAsync(long id, string text)
    {
        var state = new GrainState<Snap>(new Snap { Text = text });
        await _storage.WriteStateAsync("snapshot", Id(id), state);
        return state;
    }

    private async Task<GrainState<Snap>> ReadAsync(long id)
    {
        var state = new GrainState<Snap>(new Snap());
        await _storage.ReadStateAsync("snapshot", Id(id), state);
        return state;
    }

    public sealed class Snap
    {
        public string Text { get; set; } = "";
    }
}
