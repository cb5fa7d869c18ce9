using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Signing keys from a JWKS file. Checks the file's time and length at most once a second. A file that is broken, gone
/// or without a usable key replaces nothing: the last valid keys stay in force, without a limit of time. Thread-safe.
/// </summary>
internal sealed class JwksFile(
    string path,
    string issuer,
    IReadOnlyCollection<string> algorithms,
    TimeProvider clock,
    RefusalLog refusals,
    ILogger logger) : IKeySource
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private readonly KeyReadings _readings = new(path, refusals, logger);
    private readonly Lock _gate = new();
    private OpenIdConnectConfiguration? _current;
    private (DateTime Written, long Length) _seen;
    private long _checkedAt;
    private bool _isStale;

    /// <inheritdoc/>
    public bool IsStale
    {
        get
        {
            lock (_gate)
            {
                return _isStale;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> PrepareAsync(string? keyId, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_checkedAt) >= CheckInterval)
            {
                Refresh();
            }

            return ValueTask.FromResult(_current is not null);
        }
    }

    /// <inheritdoc/>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
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
            if (_current is null)
            {
                throw new InvalidOperationException(
                    $"Gateway:Auth:JwksFile: no signing keys could be read from {path}.");
            }
        }
    }

    /// <inheritdoc/>
    public void RequestRefresh()
    {
        // Any unknown kid causes this call; the file is looked at once a second anyway.
    }

    private void Refresh()
    {
        _checkedAt = clock.GetTimestamp();
        var isStale = true;
        try
        {
            var file = new FileInfo(path);
            var now = (file.LastWriteTimeUtc, file.Length);
            if (_current is not null && now == _seen)
            {
                isStale = false;
                return;
            }

            if (file.Length > KeySet.LongestDocument)
            {
                throw new InvalidDataException($"it is longer than {KeySet.LongestDocument} bytes");
            }

            var keys = KeySet.Parse(File.ReadAllText(path), algorithms);
            (_current, _seen) = (keys.ToConfiguration(issuer), now);
            _readings.Accept(keys);
            isStale = false;
        }
        catch (InvalidDataException exception)
        {
            _readings.Refuse(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _readings.Fail(exception.GetType().Name);
        }
        finally
        {
            _isStale = isStale;
        }
    }
}
