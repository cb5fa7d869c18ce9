using System.Collections.Concurrent;
using AccountGrid.Application;
using AccountGrid.Conformance;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogKeeper : ILogger<PostgresStore>
{
    private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();

    public IReadOnlyCollection<(int Id, string Text)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, $"{formatter(state, exception)} {exception}"));
}

/// <summary>A second store on a fixture's data, and what it logs.</summary>
internal sealed class LoggingStore : IAsyncDisposable
{
    private LoggingStore(PostgresStorageOptions options) =>
        Store = new PostgresStore(options, TimeProvider.System, meters: null, Log);

    public LogKeeper Log { get; } = new();

    public PostgresStore Store { get; }

    public static async Task<LoggingStore> OpenAsync(PostgresFixture fixture)
    {
        var logging = new LoggingStore(fixture.Options);
        await logging.Store.OpenAsync(CancellationToken.None);
        return logging;
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}

/// <summary>
/// Keeps the appends of every silo waiting, from another session, until it is disposed; what is queued meanwhile
/// becomes the next transactions.
/// </summary>
internal sealed class AppendHold : IAsyncDisposable
{
    private const string Key = "(x'41634772'::bigint << 32 | 'journal'::regclass::oid::bigint)";
    private readonly NpgsqlConnection _connection;

    private AppendHold(NpgsqlConnection connection) => _connection = connection;

    public static async Task<AppendHold> OnAsync(PostgresFixture fixture)
    {
        var connection = await fixture.ConnectAsync();
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({Key})", connection);
        await command.ExecuteNonQueryAsync();
        return new AppendHold(connection);
    }

    /// <summary>Returns once so many sessions wait for the lock.</summary>
    public static async Task WaitedForAsync(PostgresFixture fixture, int sessions = 1)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        const string Waiting =
            $"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND (classid::bigint << 32) | objid::bigint = {Key}";
        while ((long)(await fixture.RunAsync(Waiting))! < sessions)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}

internal static class Follows
{
    public static Task<FollowResult> AddAsync(
        IFollowerLedger ledger, long account, int from, int count, CancellationToken stop) => ledger.ApplyAsync(
        new AccountId(account),
        [.. Enumerable.Range(from, count).Select(static f => new FollowChange(new AccountId(f), true))],
        SampleStream.Day, stop);
}
