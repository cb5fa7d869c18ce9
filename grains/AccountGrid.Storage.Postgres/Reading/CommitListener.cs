using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Hears of other silos' commits: a connection that LISTENs, and looks for itself whenever an interval passed without a
/// notification, so that a lost one only costs that interval. Without a connection it tries again after the same
/// interval.
/// </summary>
internal sealed partial class CommitListener : IAsyncDisposable
{
    private readonly Connections _connections;
    private readonly PostgresStorageOptions _options;
    private readonly CommitSignal _signal;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _stopped;

    /// <summary>Begins to listen.</summary>
    public CommitListener(
        Connections connections, PostgresStorageOptions options, CommitSignal signal, TimeProvider clock,
        ILogger logger)
    {
        (_connections, _options, _signal, _clock, _logger) = (connections, options, signal, clock, logger);
        _stopped = Task.Run(LoopAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _stopped.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        var lost = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await _connections.OpenAsync("feed", _stop.Token).ConfigureAwait(false);
                connection.Notification += (_, e) => Heard(e.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN \"{_options.Schema}_journal\"", connection))
                {
                    await listen.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
                }

                if (lost)
                {
                    LogListeningAgain();
                    lost = false;
                }

                await ListenAsync(connection).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (PostgresFailure.IsOurs(e) || e is OperationCanceledException)
            {
                // It is always reading, so it is the first to notice that the server went away.
                _connections.NoteLoss();
                if (!lost && !_stop.IsCancellationRequested)
                {
                    LogLost(PostgresFailure.KindOf(e));
                    lost = true;
                }
            }

            await Task.Delay(_options.PollInterval, _clock, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection)
    {
        await using var head = new NpgsqlCommand(PostgresJournalFeed.Head.Sql, connection);
        await head.PrepareAsync(_stop.Token).ConfigureAwait(false);
        var heard = false;
        while (true)
        {
            // First, too: something may have been committed between the last connection and this one.
            if (!heard)
            {
                _signal.Publish((long)(await head.ExecuteScalarAsync(_stop.Token).ConfigureAwait(false))!);
            }

            heard = await connection.WaitAsync(_options.PollInterval, _stop.Token).ConfigureAwait(false);
        }
    }

    private void Heard(string payload)
    {
        if (long.TryParse(payload, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            _signal.Publish(position);
        }
    }

    [LoggerMessage(4301, LogLevel.Warning, "Does not hear of other silos' commits ({Kind}); tries again.")]
    private partial void LogLost(string kind);

    [LoggerMessage(4302, LogLevel.Information, "Hears of other silos' commits again.")]
    private partial void LogListeningAgain();
}
