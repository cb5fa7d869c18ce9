using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using AccountGrid.Chaos.Histories;
using AccountGrid.Client;

namespace AccountGrid.Chaos.Workloads;

/// <summary>Settings of the questions to caches.</summary>
internal sealed record CacheWatchOptions
{
    /// <summary>The bound of every cache.</summary>
    public TimeSpan Bound { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause between two questions to a cache.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Answers kept between two checks at most; further ones are dropped.</summary>
    public int MostLooks { get; init; } = 500_000;

    /// <summary>Questions to one cache at a time.</summary>
    public int Askers { get; init; } = 4;
}

/// <summary>
/// Status caches that are asked for accounts all the time, also while all other clients hold still, and what they
/// answered. If a cache says that it does not know, that is counted, and is no answer. Thread-safe.
/// </summary>
internal sealed class CacheWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly History _history;
    private readonly CacheWatchOptions _options;
    private readonly List<(AccountGridClient Client, AccountStatusCache Cache)> _caches = [];
    private readonly List<Task> _asking = [];
    private List<CacheLook> _looks = [];
    private int _unknown;

    public CacheWatch(History history, CacheWatchOptions options) => (_history, _options) = (history, options);

    /// <summary>The bound of every cache.</summary>
    public TimeSpan Bound => _options.Bound;

    /// <summary>Adds a cache and begins to ask it.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="connect">Opens a connection to a silo that accepts it.</param>
    /// <param name="token">Makes a token with the role service.</param>
    /// <param name="accounts">The accounts that exist at the moment.</param>
    /// <param name="random">Chooses accounts and pauses; used by this cache alone.</param>
    public void Add(
        string name,
        Func<CancellationToken, ValueTask<Stream>> connect,
        Func<string> token,
        Func<IReadOnlyCollection<long>> accounts,
        Random random)
    {
        var client = NewClient(connect, token, inner: null);
        var cache = new AccountStatusCache(client, new AccountStatusCacheOptions { StalenessBound = _options.Bound });
        _caches.Add((client, cache));
        for (var asker = 0; asker < _options.Askers; asker++)
        {
            var own = new Random(random.Next());
            _asking.Add(Task.Run(() => AskAsync(name, cache, accounts, own)));
        }
    }

    /// <summary>A client with connections of the caller's making.</summary>
    /// <param name="connect">Opens a connection.</param>
    /// <param name="token">Makes a token.</param>
    /// <param name="inner">Sees requests before they are sent; <c>null</c> = none.</param>
    public static AccountGridClient NewClient(
        Func<CancellationToken, ValueTask<Stream>> connect, Func<string> token, DelegatingHandler? inner)
    {
        var options = new AccountGridClientOptions
        {
            // With the development key a silo serves only names of this machine, wherever the connection leads.
            Address = new Uri("http://localhost"),
            TokenProvider = AccountGridTokenProvider.FromDelegate(
                _ => ValueTask.FromResult(new AccountGridToken(token()))),
            AllowUnencryptedTokens = true,
        };
        options.Retry.LongestDelay = TimeSpan.FromMilliseconds(500);
        var sockets = new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => connect(cancellationToken) };
        _ = inner?.InnerHandler = sockets;
        return AccountGridClient.Create(options, inner ?? (HttpMessageHandler)sockets);
    }

    /// <summary>What was answered since the last call, and how often a cache did not know.</summary>
    public (ImmutableArray<CacheLook> Looks, int Unknown) Take()
    {
        lock (_gate)
        {
            (var looks, var unknown) = (_looks, _unknown);
            (_looks, _unknown) = ([], 0);
            return ([.. looks], unknown);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_asking);
        foreach (var (client, cache) in _caches)
        {
            await cache.DisposeAsync();
            client.Dispose();
        }

        _stop.Dispose();
    }

    private async Task AskAsync(
        string name, AccountStatusCache cache, Func<IReadOnlyCollection<long>> accounts, Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            var known = accounts();
            if (known.Count > 0)
            {
                await LookAsync(name, cache, known.ElementAt(random.Next(known.Count)));
            }

            await Task.Delay(_options.MaxPause * random.NextDouble(), _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "Every failure means that the cache does not know, which is no answer.")]
    private async Task LookAsync(string name, AccountStatusCache cache, long account)
    {
        try
        {
            var asked = _history.Now;
            var status = await cache.GetStatusAsync(account, _stop.Token);
            Keep(new CacheLook(name, account, asked, _history.Now, status));
        }
        catch (Exception) when (!_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _unknown);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void Keep(CacheLook look)
    {
        lock (_gate)
        {
            if (_looks.Count < _options.MostLooks)
            {
                _looks.Add(look);
            }
        }
    }
}
