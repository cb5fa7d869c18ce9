using System.Text;

namespace AccountGrid.Application.Tests.Audit;

public sealed class FileCheckpointLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("accountgrid-log-");
    private readonly FileCheckpointLog _log;

    public FileCheckpointLogTests() => _log = new(FilePath);

    private string FilePath => Path.Combine(_folder.FullName, "checkpoints.jsonl");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_appended_comes_back_exactly()
    {
        var one = Some(1) with
        {
            At = new DateTimeOffset(2017, 11, 2, 18, 52, 0, TimeSpan.Zero).AddMicroseconds(123456),
        };
        Assert.Equal(AppendResult.Appended, await _log.AppendAsync(one, Cancellation));
        Assert.Equal(AppendResult.Appended, await _log.AppendAsync(Some(2), Cancellation));

        var all = await ReadAllAsync();

        Assert.True(CheckpointTrail.AreSame(one, all[0]));
        Assert.True(CheckpointTrail.AreSame(Some(2), all[1]));
        Assert.True(CheckpointTrail.AreSame(Some(2), (await _log.ReadLastAsync(Cancellation))!));
    }

    [Fact]
    public async Task A_log_that_is_not_there_yet_is_empty()
    {
        Assert.Null(await _log.ReadLastAsync(Cancellation));
        Assert.Empty(await ReadAllAsync());
    }

    [Theory]
    [InlineData(1), InlineData(3)]
    public async Task A_number_that_does_not_follow_is_a_conflict_and_writes_nothing(long number)
    {
        await _log.AppendAsync(Some(1), Cancellation);

        Assert.Equal(AppendResult.Conflict, await _log.AppendAsync(Some(number), Cancellation));

        Assert.Single(await ReadAllAsync());
    }

    [Theory]
    [InlineData("{"), InlineData("""{"format":1,"number":2,"position":9,"root":"00","previous":"","at":"2017""")]
    public async Task A_torn_last_line_is_not_read_and_is_cut_off_by_the_next_append(string torn)
    {
        await _log.AppendAsync(Some(1), Cancellation);
        await File.AppendAllTextAsync(FilePath, torn, Cancellation);
        Assert.Single(await ReadAllAsync());

        Assert.Equal(AppendResult.Appended, await _log.AppendAsync(Some(2), Cancellation));

        Assert.Equal([1, 2], (await ReadAllAsync()).Select(c => c.Number));
        Assert.Equal(2, (await File.ReadAllLinesAsync(FilePath, Cancellation)).Length);
    }

    [Fact]
    public async Task A_file_that_holds_a_torn_first_line_alone_is_empty()
    {
        await File.WriteAllTextAsync(FilePath, "{\"format", Cancellation);
        Assert.Null(await _log.ReadLastAsync(Cancellation));

        await _log.AppendAsync(Some(1), Cancellation);

        Assert.Single(await ReadAllAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData(
        """{"format":2,"number":1,"position":1,"root":"","previous":"","at":"2017-11-02T18:52:00+00:00","keyId":"","signature":""}""")]
    [InlineData(
        """{"format":1,"number":1,"position":1,"root":"zz","previous":"","at":"2017-11-02T18:52:00+00:00","keyId":"","signature":""}""")]
    [InlineData(
        """{"format":1,"number":1,"position":1,"root":"","previous":"","at":"2017-11-02T18:52:00+00:00","keyId":null,"signature":""}""")]
    [InlineData(
        """{"format":1,"number":1,"position":1,"root":"","previous":"","at":"2017-11-02T18:52:00+00:00","keyId":"","signature":"","x":1}""")]
    public async Task A_line_that_is_no_checkpoint_is_refused_by_number(string line)
    {
        await _log.AppendAsync(Some(1), Cancellation);
        await File.AppendAllTextAsync(FilePath, line + "\n", Cancellation);

        Assert.Equal(2, (await Assert.ThrowsAsync<CheckpointLogDamagedException>(ReadAllAsync)).Line);
        await Assert.ThrowsAsync<CheckpointLogDamagedException>(() => _log.ReadLastAsync(Cancellation));
        await Assert.ThrowsAsync<CheckpointLogDamagedException>(() => _log.AppendAsync(Some(2), Cancellation));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_line_longer_than_the_limit_is_refused(bool ended)
    {
        await _log.AppendAsync(Some(1), Cancellation);
        await File.AppendAllTextAsync(
            FilePath, new string('x', 3 * FileCheckpointLog.MaxLineLength) + (ended ? "\n" : ""), Cancellation);

        Assert.Equal(2, (await Assert.ThrowsAsync<CheckpointLogDamagedException>(ReadAllAsync)).Line);
        await Assert.ThrowsAsync<CheckpointLogDamagedException>(() => _log.AppendAsync(Some(2), Cancellation));
    }

    [Fact]
    public async Task A_line_of_exactly_the_longest_length_is_read()
    {
        await _log.AppendAsync(Some(1), Cancellation);
        var line = (await File.ReadAllTextAsync(FilePath, Cancellation)).TrimEnd('\n');
        await File.WriteAllTextAsync(FilePath, line.PadRight(FileCheckpointLog.MaxLineLength) + "\n", Cancellation);

        Assert.Single(await ReadAllAsync());
        Assert.Equal(1, (await _log.ReadLastAsync(Cancellation))!.Number);
    }

    [Fact]
    public async Task Many_lines_are_read_in_pieces()
    {
        for (var i = 1; i <= 100; i++)
        {
            await _log.AppendAsync(Some(i), Cancellation);
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), (await ReadAllAsync()).Select(c => c.Number));
        Assert.Equal(100, (await _log.ReadLastAsync(Cancellation))!.Number);
    }

    [Fact]
    public async Task It_can_be_read_while_it_is_appended_to()
    {
        await _log.AppendAsync(Some(1), Cancellation);
        await using var reading = _log.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await reading.MoveNextAsync());

        Assert.Equal(AppendResult.Appended, await _log.AppendAsync(Some(2), Cancellation));

        Assert.True(await reading.MoveNextAsync());
        Assert.Equal(2, reading.Current.Number);
    }

    [Fact]
    public async Task Another_process_that_appends_keeps_this_one_out()
    {
        await using var other =
            new FileStream(FilePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        await Assert.ThrowsAsync<IOException>(() => _log.AppendAsync(Some(1), Cancellation));
    }

    [Fact]
    public async Task Of_many_appends_of_one_number_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _log.AppendAsync(Some(1), Cancellation)));

        Assert.Single(results, AppendResult.Appended);
        Assert.Single(await ReadAllAsync());
    }

    public void Dispose()
    {
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<List<Checkpoint>> ReadAllAsync()
    {
        var all = new List<Checkpoint>();
        await foreach (var checkpoint in _log.ReadAllAsync(Cancellation))
        {
            all.Add(checkpoint);
        }

        return all;
    }

    private static Checkpoint Some(long number) => new(
        number, number * 10, Encoding.ASCII.GetBytes($"root {number}"), Encoding.ASCII.GetBytes($"previous {number}"),
        DateTimeOffset.UnixEpoch, "0123456789abcdef",
        Encoding.ASCII.GetBytes($"signature {number}"));
}
