using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Testing;

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>Connections that are lost, cut at the worst moment, or silent.</summary>
public sealed class NetworkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_lost_in_the_commit_is_an_unknown_outcome_that_may_be_durable_and_is_tried_no_second_time()
    {
        await using var fixture = await PostgresFixture.StartAsync();
        await using var network = new BadNetwork(fixture.Server.Port);
        await using var store = await ThroughAsync(fixture, network);
        var stream = new SampleStream(777_001);
        Assert.Equal(AppendResult.Appended, await store.Journal.AppendAsync(stream.Next(), Stop));

        var cut = network.CutAnswerTo("a/777001");
        var append = stream.Next();
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => store.Journal.AppendAsync(append, Stop));
        await cut;
        Assert.True(failure.OutcomeUnknown, failure.ToString());
        Assert.True(failure.IsTransient, failure.ToString());
        EntryAssert.Equal(stream.Entries, await fixture.Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));

        // The same again is a conflict, and the next one goes through on a new connection.
        Assert.Equal(AppendResult.Conflict, await store.Journal.AppendAsync(append, Stop));
        Assert.Equal(AppendResult.Appended, await store.Journal.AppendAsync(stream.Next(), Stop));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_in_time_with_an_unknown_outcome()
    {
        await using var fixture =
            await PostgresFixture.StartAsync(
                static o => o with
                {
                    LockTimeout = TimeSpan.FromMilliseconds(500),
                    CommandTimeout = TimeSpan.FromSeconds(1),
                });
        await using var network = new BadNetwork(fixture.Server.Port);
        await using var store = await ThroughAsync(fixture, network);
        var swallowed = network.SwallowAnswerTo("a/777003");
        var append = store.Journal.AppendAsync(new SampleStream(777_003).Next(), Stop);
        await swallowed;
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => append.WaitAsync(TimeSpan.FromSeconds(30), Stop));
        Assert.Equal((true, true), (failure.IsTransient, failure.OutcomeUnknown));
        Assert.Contains("timeout", failure.Message, StringComparison.Ordinal);
        Assert.True(await fixture.Store.Journal.ExistsAsync(new SampleStream(777_003).Id, Stop));
        Assert.Equal(AppendResult.Appended, await store.Journal.AppendAsync(new SampleStream(777_004).Next(), Stop));
    }

    [Fact]
    public async Task A_silo_that_stands_still_with_the_lock_is_ended_by_the_one_that_waited_and_has_written_nothing()
    {
        await using var fixture =
            await PostgresFixture.StartAsync(static o => o with { LockTimeout = TimeSpan.FromSeconds(1) });
        await using var network = new BadNetwork(fixture.Server.Port);
        await using var frozen = await ThroughAsync(fixture, network);
        Assert.Equal(AppendResult.Appended, await frozen.Journal.AppendAsync(new SampleStream(1).Next(), Stop));
        var held = network.WithholdEndOf("a/777002");
        var lost = frozen.Journal.AppendAsync(new SampleStream(777_002).Next(), Stop);
        await held;

        Assert.Equal(AppendResult.Appended, await fixture.Store.Journal.AppendAsync(new SampleStream(2).Next(), Stop));
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => lost);
        Assert.True(failure.OutcomeUnknown, failure.ToString());
        Assert.False(await fixture.Store.Journal.ExistsAsync(new SampleStream(777_002).Id, Stop));
        Assert.Equal([1L, 2], (await fixture.Store.Feed.ReadAfterAsync(0, 10, Stop)).Select(static e => e.Position));
        Assert.Equal(AppendResult.Appended, await frozen.Journal.AppendAsync(new SampleStream(777_002).Next(), Stop));
    }

    [Fact]
    public async Task A_read_whose_connection_is_dead_is_tried_on_another()
    {
        await using var fixture = await PostgresFixture.StartAsync(static o => o with { Readers = 2 });
        await fixture.Store.Journal.AppendAsync(new SampleStream(1).Next(), Stop);
        await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => fixture.Store.Journal.ReadAsync(new SampleStream(1).Id, 1, 1, Stop)));
        await fixture.RunAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'accountgrid {fixture.Schema}'");
        Assert.Single(await fixture.Store.Journal.ReadAsync(new SampleStream(1).Id, 1, 1, Stop));
    }

    [Fact]
    public async Task A_writer_whose_idle_connection_was_ended_takes_a_new_one_before_it_sends_anything()
    {
        await using var fixture =
            await PostgresFixture.StartAsync(static o => o with { PollInterval = TimeSpan.FromMilliseconds(50) });
        var stream = new SampleStream(1);
        Assert.Equal(AppendResult.Appended, await fixture.Store.Journal.AppendAsync(stream.Next(), Stop));
        await Follows.AddAsync(fixture.Store.Ledger, 1, 1, 1, Stop);
        var before = fixture.Postgres.Connections.Generation;
        await fixture.RunAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'accountgrid {fixture.Schema}%'");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (fixture.Postgres.Connections.Generation == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }

        Assert.Equal(AppendResult.Appended, await fixture.Store.Journal.AppendAsync(stream.Next(), Stop));
        Assert.Equal(2, (await Follows.AddAsync(fixture.Store.Ledger, 1, 2, 1, Stop)).After.Count);
    }

    private static Task<PostgresStore> ThroughAsync(PostgresFixture fixture, BadNetwork network) =>
        fixture.OpenAnotherAsync(
        o =>
            o with
            {
                ConnectionString = fixture.Server.ConnectionString(port: network.Port),
                PollInterval = TimeSpan.FromMinutes(1)
            });
}
