using System.Security.Cryptography;
using AccountGrid.Application;

namespace AccountGrid.Conformance;

/// <summary>What every checkpoint store does.</summary>
public abstract class CheckpointSuite(StoreFixture fixture) : StoreSuite(fixture)
{
    [Fact]
    public async Task There_is_none_at_first()
    {
        Assert.Null(await Store.Checkpoints.ReadLastAsync(Stop));
        Assert.Empty(await Store.Checkpoints.ReadBeforeAsync(long.MaxValue, 10, Stop));
    }

    [Fact]
    public async Task The_last_one_is_read_back_whole_also_after_reopening()
    {
        await AppendAsync(Sample(1));
        await AppendAsync(Sample(2));
        SameAs(Sample(2), await Store.Checkpoints.ReadLastAsync(Stop));
        await Fixture.ReopenAsync();
        SameAs(Sample(2), await Store.Checkpoints.ReadLastAsync(Stop));
    }

    [Fact]
    public async Task Only_the_next_number_is_added()
    {
        Assert.Equal(AppendResult.Conflict, await Store.Checkpoints.AppendAsync(Sample(2), Stop));
        await AppendAsync(Sample(1));
        Assert.Equal(AppendResult.Conflict, await Store.Checkpoints.AppendAsync(Sample(1), Stop));
        Assert.Equal(AppendResult.Conflict, await Store.Checkpoints.AppendAsync(Sample(3), Stop));
        SameAs(Sample(1), await Store.Checkpoints.ReadLastAsync(Stop));
    }

    [Fact]
    public async Task Of_two_writers_of_one_number_one_wins()
    {
        var results = await Task.WhenAll(
            Store.Checkpoints.AppendAsync(Sample(1), Stop), Store.Checkpoints.AppendAsync(Sample(1), Stop));
        Assert.Equal([AppendResult.Appended, AppendResult.Conflict], results.Order());
    }

    [Fact]
    public async Task Reading_before_a_number_is_newest_first_and_an_audit_reads_all_oldest_first()
    {
        for (var number = 1; number <= 5; number++)
        {
            await AppendAsync(Sample(number));
        }

        Assert.Equal([5L, 4, 3, 2, 1],
            (await Store.Checkpoints.ReadBeforeAsync(long.MaxValue, 10, Stop)).Select(static c => c.Number));
        Assert.Equal([3L, 2], (await Store.Checkpoints.ReadBeforeAsync(4, 2, Stop)).Select(static c => c.Number));
        await using var view = await Store.Audit.OpenAsync(Stop);
        var all = await ListAsync(view.ReadCheckpointsAsync(Stop));
        Assert.Equal([1L, 2, 3, 4, 5], all.Select(static c => c.Number));
        SameAs(Sample(3).Checkpoint, all[2]);
    }

    private static StoredCheckpoint Sample(long number) => new(
        new Checkpoint(number, number * 10, Bytes(number), number == 1 ? default : Bytes(number - 1),
            SampleStream.Day.AddMinutes(number), "0123456789abcdef", (byte[])[.. Bytes(number), .. Bytes(-number)]),
        (byte[])[.. Bytes(number + 100), .. Bytes(number + 101)]);

    private static byte[] Bytes(long seed) => SHA256.HashData(BitConverter.GetBytes(seed));

    private static void SameAs(StoredCheckpoint expected, StoredCheckpoint? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Frontier.ToArray(), actual.Frontier.ToArray());
        SameAs(expected.Checkpoint, actual.Checkpoint);
    }

    private static void SameAs(Checkpoint expected, Checkpoint actual)
    {
        Assert.Equal(expected.Root.ToArray(), actual.Root.ToArray());
        Assert.Equal(expected.Previous.ToArray(), actual.Previous.ToArray());
        Assert.Equal(expected.Signature.ToArray(), actual.Signature.ToArray());
        Assert.Equal(expected with { Root = default, Previous = default, Signature = default },
            actual with { Root = default, Previous = default, Signature = default });
    }

    private async Task AppendAsync(StoredCheckpoint checkpoint) =>
        Assert.Equal(AppendResult.Appended, await Store.Checkpoints.AppendAsync(checkpoint, Stop));
}
