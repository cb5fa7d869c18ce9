using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Application.Tests.Audit;

/// <summary>Journals that are compared with the log outside page by page, and at a silo's start.</summary>
public sealed class RootWalkTests : IDisposable
{
    private readonly Notary _notary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _notary.Dispose();

    [Fact]
    public async Task A_round_goes_over_all_entries_that_are_signed_and_the_next_one_begins_again()
    {
        await _notary.WithHistoryAsync(entries: 1299, every: 100);
        var walk = Walk();
        for (var round = 1; round <= 2; round++)
        {
            var steps = 1;
            for (var isLast = false; !isLast; steps++)
            {
                (var problems, isLast) = await walk.StepAsync(Token);
                Assert.Empty(problems);
            }

            Assert.Equal((round * 1200, 4), (walk.Entries, steps));
        }
    }

    [Fact]
    public async Task Entries_without_a_checkpoint_outside_are_not_compared()
    {
        _notary.Store.Append("a/1");
        Assert.Equal((0, true), await RoundAsync());
        await _notary.MakeAsync();
        Assert.Equal((0, true), await RoundAsync());
    }

    public static TheoryData<string, AuditProblemKind> Tamperings => new()
    {
        { "removed", AuditProblemKind.EntryMissing },
        { "end cut", AuditProblemKind.TailCut },
        { "all rewritten", AuditProblemKind.RootMismatch },
        { "unreadable", AuditProblemKind.EntryUnreadable },
        { "signature", AuditProblemKind.BadSignature },
        { "no checkpoint", AuditProblemKind.OutsideDamaged },
        { "checkpoint removed", AuditProblemKind.CheckpointBroken },
    };

    [Theory, MemberData(nameof(Tamperings))]
    public async Task What_contradicts_the_log_outside_is_named(string tampering, AuditProblemKind kind)
    {
        await _notary.WithHistoryAsync();
        var store = _notary.Store;
        switch (tampering)
        {
            case "removed":
                store.Rows.RemoveAt(store.IndexOf("op/kim", 2));
                break;
            case "end cut":
                store.Rows.RemoveRange(10, store.Rows.Count - 10);
                break;
            case "all rewritten":
                store.Edit("a/1", 2, static e => e with { Payload = "{}"u8.ToArray() });
                store.RewriteHashes();
                break;
            case "unreadable":
                store.UnreadablePosition = 6;
                break;
            case "signature":
                _notary.RewriteOutside(static lines =>
                    lines.Select((line, i) => i == 1 ? line.Replace("\"position\":8", "\"position\":7") : line));
                break;
            case "no checkpoint":
                _notary.RewriteOutside(static lines => lines.Select((line, i) => i == 1 ? "{}" : line));
                break;
            default:
                _notary.RewriteOutside(static lines => lines.Where((_, i) => i != 1));
                break;
        }

        // And found again by the next round.
        var walk = Walk();
        for (var round = 0; round < 2; round++)
        {
            var (problems, isLast) = await walk.StepAsync(Token);
            if (!isLast)
            {
                (problems, isLast) = await walk.StepAsync(Token);
            }

            Assert.Equal((kind, true), (Assert.Single(problems).Kind, isLast));
        }
    }

    [Fact]
    public async Task What_was_put_back_is_no_problem_any_more()
    {
        await _notary.WithHistoryAsync();
        var last = _notary.Store.Rows[5];
        _notary.Store.Rows.RemoveAt(5);
        var walk = Walk();
        Assert.Single((await walk.StepAsync(Token)).Problems);
        _notary.Store.Rows.Insert(5, last);
        Assert.Equal((0, true), await RoundAsync(walk));
    }

    [Fact]
    public async Task The_gauge_shows_what_the_last_round_found()
    {
        using var world = new World();
        using var board = new Board(world);
        var meters = new DerivedMeters(world.Meters);
        Assert.Equal(double.NaN, board.Asked("journal.contradictions"));
        await _notary.WithHistoryAsync();
        _notary.Store.Rows.RemoveAt(5);
        var watch = new DerivedWatch(
            new NoRows(), Walk(), new DerivedSettings(), meters, world.Clock, NullLogger<DerivedWatch>.Instance);
        meters.Begin();
        Assert.Equal(0, board.Asked("journal.contradictions"));
        await watch.TickAsync(Token);
        Assert.Equal(1, board.Asked("journal.contradictions"));
    }

    // A log that may not be read must not keep index rows and marks from being compared.
    [Fact]
    public async Task A_log_that_fails_ends_the_comparison_with_it_for_the_round()
    {
        using var world = new World();
        using var board = new Board(world);
        await _notary.WithHistoryAsync(entries: 1200, every: 100);
        var log = new Failing(_notary.Outside);
        var meters = new DerivedMeters(world.Meters);
        var settings = new DerivedSettings { EntriesPerSecond = 1_000_000 };
        var watch = new DerivedWatch(
            new NoRows(), new(_notary.Store, log, _notary.Keys), settings, meters, world.Clock,
            NullLogger<DerivedWatch>.Instance);
        await watch.TickAsync(Token);
        Assert.Equal(700, board.Told("derived.entries.checked"));
        log.Fails = false;
        world.Clock.Advance(settings.Rotation);
        await watch.TickAsync(Token);
        Assert.Equal(700 + 1200, board.Told("derived.entries.checked"));
    }

    [Fact]
    public async Task A_store_that_lacks_what_a_checkpoint_outside_covers_is_an_older_copy()
    {
        await _notary.WithHistoryAsync();
        await CheckAsync();
        _notary.Store.Rows.RemoveRange(12, 2);
        await CheckAsync();
        _notary.Store.Rows.RemoveAt(11);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(CheckAsync);
        Assert.StartsWith(
            $"The journals end at position 11, but {_notary.OutsidePath} covers 12 since 2017-11-02 18:52:00Z.",
            refused.Message, StringComparison.Ordinal);

        // A person decided to go on with it.
        File.Delete(_notary.OutsidePath);
        await CheckAsync();
    }

    private Task CheckAsync() =>
        OlderCopy.CheckAsync(_notary.Store, _notary.Outside, _notary.OutsidePath, Token);

    private RootWalk Walk() => new(_notary.Store, _notary.Outside, _notary.Keys);

    private Task<(int Problems, bool IsLast)> RoundAsync() => RoundAsync(Walk());

    private static async Task<(int Problems, bool IsLast)> RoundAsync(RootWalk walk)
    {
        var (problems, isLast) = await walk.StepAsync(Token);
        return (problems.Length, isLast);
    }

    /// <summary>A log that fails behind its seventh checkpoint.</summary>
    private sealed class Failing(ICheckpointLog log) : ICheckpointLog
    {
        public bool Fails { get; set; } = true;

        public Task<AppendResult> AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken) =>
            log.AppendAsync(checkpoint, cancellationToken);

        public Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken) =>
            log.ReadLastAsync(cancellationToken);

        public async IAsyncEnumerable<Checkpoint> ReadAllAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var checkpoint in log.ReadAllAsync(cancellationToken))
            {
                yield return checkpoint.Number <= 7 || !Fails ? checkpoint : throw new IOException("It is away.");
            }
        }
    }

    private sealed class NoRows : IDerivedSource
    {
        public Task<ImmutableArray<MarkedEntry>> ReadAsync(
            string stream, long sequence, int max, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<MarkedEntry>>([]);

        public Task<ImmutableDictionary<StreamId, IndexColumns>> ReadRowsAsync(
            IReadOnlyCollection<StreamId> streams, CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableDictionary<StreamId, IndexColumns>.Empty);
    }
}
