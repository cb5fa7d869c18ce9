namespace AccountGrid.Grains.Tests;

/// <summary>Snapshots of accounts, through the grain and its storage.</summary>
public sealed class SnapshotTests : GridTest
{
    [Fact]
    public async Task Is_written_at_the_end_of_an_activation_and_spares_the_next_one_the_journal()
    {
        await MoveAsync(20);
        await Grid.DeactivateAllAsync();
        Assert.Equal(21, Grid.Shelf.Of(1)!.Version);

        var before = Grid.Journal.EntriesRead;
        Assert.Equal(21, (await Grid.Account(1).ReadAsync()).Version);
        Assert.True(Grid.Journal.EntriesRead - before <= 1, "Only the entry that proves the snapshot is read.");
    }

    [Fact]
    public async Task Is_replaced_by_that_of_the_next_activation()
    {
        await MoveAsync(20);
        await Grid.DeactivateAllAsync();
        await ToggleAsync(20);
        await Grid.DeactivateAllAsync();

        Assert.Equal(41, Grid.Shelf.Of(1)!.Version);
        Assert.DoesNotContain(Grid.Logs.Lines, l => l.Id.Id == 2010);
    }

    [Fact]
    public async Task Is_written_when_due_without_waiting_for_the_end()
    {
        await MoveAsync(64);
        await Eventually.TrueAsync(() => Task.FromResult(Grid.Shelf.Of(1) is not null), "a snapshot is written");
    }

    [Fact]
    public async Task That_was_tampered_with_is_ignored_and_replaced()
    {
        await MoveAsync(20);
        await Grid.DeactivateAllAsync();
        Grid.Shelf.Tamper(1, s => s.StateJson = s.StateJson.Replace("user_1", "user_2", StringComparison.Ordinal));
        Grid.Shelf.Tamper(1, s => s.HeadHash[0] ^= 1);

        Assert.Equal("user_1", (await Grid.Account(1).ReadAsync()).Handle);
        await Grid.DeactivateAllAsync();
        Assert.Contains("user_1", Grid.Shelf.Of(1)!.StateJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_cannot_be_written_or_read_fails_nothing()
    {
        Grid.Shelf.WriteFailure = new IOException("full");
        await MoveAsync(70);
        await Grid.DeactivateAllAsync();
        Assert.Equal(0, Grid.Shelf.Writes);

        Grid.Shelf.ReadFailure = new IOException("gone");
        Assert.Equal(71, (await Grid.Account(1).ReadAsync()).Version);
    }

    [Fact]
    public async Task Of_another_activation_is_no_obstacle_for_long()
    {
        await MoveAsync(20);
        await Grid.DeactivateAllAsync();
        await Grid.Account(1).ReadAsync();

        // Another activation has written meanwhile: the version that this one knows is stale, and its first write meets
        // that.
        await Grid.Shelf.WriteStateAsync("snapshot", Orleans.Runtime.GrainId.Parse("account/1", null),
            new GrainState<AccountSnapshotState>(new(), "1"));
        await ToggleAsync(64);
        await ToggleAsync(64);
        await Eventually.TrueAsync(() => Task.FromResult(Grid.Shelf.Of(1)!.Version > 64), "a later write goes through");
    }

    /// <summary>
    /// The write was given up and logged with its exception, once for each account that two activations had had.
    /// </summary>
    [Fact]
    public async Task Of_another_activation_is_replaced_by_the_next_write_and_nothing_is_logged()
    {
        await MoveAsync(20);
        await Grid.Shelf.WriteStateAsync("snapshot", Orleans.Runtime.GrainId.Parse("account/1", null),
            new GrainState<AccountSnapshotState>(new(), null));

        await Grid.DeactivateAllAsync();

        Assert.Equal(21, Grid.Shelf.Of(1)!.Version);
        Assert.DoesNotContain(
            Grid.Logs.Lines, static l => l.Id.Id == 2010 || l.Category.Contains("Storage", StringComparison.Ordinal));
    }

    /// <summary>What the other activation wrote may be later than what this one would write.</summary>
    [Fact]
    public async Task Of_another_activation_stays_if_it_is_later()
    {
        await MoveAsync(20);
        await Grid.Shelf.WriteStateAsync(
            "snapshot", Orleans.Runtime.GrainId.Parse("account/1", null), new GrainState<AccountSnapshotState>(
                new() { Version = 22 }, null));

        await Grid.DeactivateAllAsync();

        Assert.Equal(22, Grid.Shelf.Of(1)!.Version);
    }

    private async Task MoveAsync(int entries)
    {
        await Grid.RegisterAsync(1);
        await Grid.EnrollAsync("kim");
        await ToggleAsync(entries);
    }

    private async Task ToggleAsync(int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            var reply = await Grid.Account(1).SendAsync(
                new CommandInput.Protect(null, "OTHER", "", "", Grid.Clock.GetUtcNow().AddDays(1 + i)),
                Callers.Staff("kim"));
            Assert.Null(reply.Refusal);
        }
    }
}
