using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Signing keys from a JWKS file. Checks the file's time and length at most once a second. When the file is broken or
/// gone it logs that, and the last valid keys stay in force. Thread-safe.
/// </summary>
internal sealed partial class JwksFile(
    string path,
    string issuer,
    IReadOnlyCollection<string> algorithms,
    TimeProvider clock,
    RefusalLog refusals,
    ILogger logger) : IConfigurationManager<OpenIdConnectConfiguration>
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private OpenIdConnectConfiguration? _current;
    private (DateTime Written, long Length) _seen;
    private long _checkedAt;

    /// <inheritdoc/>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_checkedAt) >= CheckInterval)
            {
                Refresh();
            }

            return Task.FromResult(
                _current ?? throw new InvalidOperationException($"No signing keys could be read from {path}."));
        }
    }

    /// <summary>Reads the file now.</summary>
    /// <exception cref="InvalidOperationException">It holds no readable keys.</exception>
    public void Require()
    {
        lock (_gate)
        {
            Refresh();
            if (_current is not { SigningKeys.Count: > 0 })
            {
                throw new InvalidOperationException(
                    $"Gateway:Auth:JwksFile: no signing keys could be read from {path}.");
            }
        }
    }

    /// <inheritdoc/>
    public void RequestRefresh()
    {
        // Any unknown kid causes this call, so it does not shorten the wait.
    }

    private void Refresh()
    {
        _checkedAt = clock.GetTimestamp();
        try
        {
            var file = new FileInfo(path);
            var now = (file.LastWriteTimeUtc, file.Length);
            if (_current is not null && now == _seen)
            {
                return;
            }

            var fresh = new OpenIdConnectConfiguration { Issuer = issuer };
            var keys = KeySet.Parse(File.ReadAllText(path), algorithms);
            refusals.Report(path, keys.Refused);
            foreach (var key in keys.Usable)
            {
                fresh.SigningKeys.Add(key);
            }

            (_current, _seen) = (fresh, now);
            LogRead(logger, path, fresh.SigningKeys.Count);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or JsonException)
        {
            LogUnreadable(logger, path, exception.GetType().Name);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Read {Count} signing keys from {Path}.")]
    private static partial void LogRead(ILogger logger, string path, int count);

    [LoggerMessage(
        2,
        LogLevel.Error,
        "Cannot read signing keys from {Path} ({Kind}); the last valid ones stay in force, if there are any.")]
    private static partial void LogUnreadable(ILogger logger, string path, string kind);
}
