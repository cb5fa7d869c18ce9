using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Signing keys of an OpenID provider, read when a token or a probe needs them. The library's own manager is not used:
/// it accepts withdrawn keys as "last known good" ones, reads at most every 5 minutes and then only after it has
/// answered with the old keys, keeps keys without a limit while the provider is away, and reads the wall clock.
/// Thread-safe.
/// </summary>
internal sealed class IssuerKeys : IKeySource, IDisposable
{
    /// <summary>Time between two readings while they fail; also what a refused caller is told to wait.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>Longest time of one of the two requests of a reading.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait of a token for a reading; shorter than any caller's own patience should be.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly GatewayAuthOptions _auth;
    private readonly IReadOnlyCollection<string> _algorithms;
    private readonly TimeProvider _clock;
    private readonly KeyReadings _readings;
    private readonly HttpClient _http;
    private readonly HttpDocumentRetriever _documents;
    private readonly Lock _gate = new();

    // Guarded by the lock; instants are timestamps of the clock.
    private OpenIdConnectConfiguration? _good;
    private long _goodAt;
    private long? _triedAt;
    private long? _askedAt;
    private bool _failed;
    private Task? _reading;

    /// <summary>Reads nothing yet.</summary>
    public IssuerKeys(
        GatewayAuthOptions auth, IReadOnlyCollection<string> algorithms, TimeProvider clock, RefusalLog refusals,
        ILogger logger)
    {
        (_auth, _algorithms, _clock) = (auth, algorithms, clock);
        Address = auth.Authority!.TrimEnd('/') + "/.well-known/openid-configuration";
        _readings = new KeyReadings(Address, refusals, logger);
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = RequestTimeout,
            MaxResponseContentBufferSize = KeySet.LongestDocument,
        };
        _documents = new HttpDocumentRetriever(_http) { RequireHttps = !new Uri(auth.Authority).IsLoopback };
    }

    /// <summary>The address of the discovery document.</summary>
    public string Address { get; }

    /// <inheritdoc/>
    public bool IsStale
    {
        get
        {
            lock (_gate)
            {
                return _failed;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PrepareAsync(string? keyId, CancellationToken cancel)
    {
        // Twice, because a reading that was under way may have begun before the token's key was published.
        var isLate = false;
        for (var round = 0; round < 2 && !isLate && Begin(keyId) is { } reading; round++)
        {
            try
            {
                await reading.WaitAsync(Patience, _clock, cancel);
            }
            catch (TimeoutException)
            {
                isLate = true;
            }
        }

        lock (_gate)
        {
            // While the provider does not answer, a key that is not known may be a new one.
            return IsUsable && (keyId is null || Knows(keyId) || !(_failed || isLate));
        }
    }

    /// <inheritdoc/>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            return Task.FromResult(
                _good ?? throw new InvalidOperationException($"No signing keys could be read from {Address}."));
        }
    }

    /// <inheritdoc/>
    public void RequestRefresh()
    {
        // Any unknown kid causes this call; PrepareAsync has dealt with it.
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private bool IsUsable => _good is not null && _clock.GetElapsedTime(_goodAt) <= _auth.LastKnownGood;

    /// <summary>Begins a reading where one is due; returns the one that the token has to wait for, or null.</summary>
    private Task? Begin(string? keyId)
    {
        lock (_gate)
        {
            var isUnknown = keyId is not null && IsUsable && !Knows(keyId);
            if (_reading is null && isUnknown && HasPassed(_askedAt, _auth.UnknownKeyInterval))
            {
                _askedAt = _clock.GetTimestamp();
                _reading = Task.Run(ReadAsync, CancellationToken.None);
            }
            else if (_reading is null && IsDue())
            {
                _reading = Task.Run(ReadAsync, CancellationToken.None);
            }

            return isUnknown || !IsUsable || (!_failed && HasPassed(_goodAt, _auth.KeyRefresh)) ? _reading : null;
        }
    }

    /// <summary>
    /// Due after half of the interval, so that under load no token waits; at its end tokens do wait.
    /// </summary>
    private bool IsDue() =>
        _failed || _good is null ? HasPassed(_triedAt, RetryDelay) : HasPassed(_goodAt, _auth.KeyRefresh / 2);

    private bool HasPassed(long? since, TimeSpan time) =>
        since is not { } start || _clock.GetElapsedTime(start) >= time;

    private bool Knows(string keyId) => _good is { } good && good.SigningKeys.Any(key => key.KeyId == keyId);

    private async Task ReadAsync()
    {
        var start = _clock.GetTimestamp();
        OpenIdConnectConfiguration? fresh = null;
        try
        {
            fresh = await FetchAsync();
        }
        catch (InvalidDataException exception)
        {
            _readings.Refuse(exception.Message);
        }
        catch (Exception exception)
            when (exception is IOException or HttpRequestException or OperationCanceledException or ArgumentException)
        {
            _readings.Fail($"{exception.GetType().Name}, {exception.InnerException?.GetType().Name}");
        }
        finally
        {
            lock (_gate)
            {
                (_triedAt, _failed, _reading) = (_clock.GetTimestamp(), fresh is null, null);
                if (fresh is not null)
                {
                    (_good, _goodAt) = (fresh, start);
                }
            }
        }
    }

    private async Task<OpenIdConnectConfiguration> FetchAsync()
    {
        var discovery = Parse(await _documents.GetDocumentAsync(Address, CancellationToken.None));
        if (string.IsNullOrEmpty(discovery.Issuer) || string.IsNullOrEmpty(discovery.JwksUri))
        {
            throw new InvalidDataException("the discovery document names no issuer or no jwks_uri");
        }

        if (_documents.RequireHttps && !discovery.JwksUri.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException("the discovery document's jwks_uri is not an https address");
        }

        var keys = KeySet.Parse(
            await _documents.GetDocumentAsync(discovery.JwksUri, CancellationToken.None), _algorithms);
        _readings.Accept(keys);
        return keys.ToConfiguration(discovery.Issuer);
    }

    private static OpenIdConnectConfiguration Parse(string discovery)
    {
        try
        {
            return OpenIdConnectConfiguration.Create(discovery);
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            throw new InvalidDataException("the discovery document is not JSON of its form", exception);
        }
    }
}
