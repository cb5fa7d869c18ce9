using System.Collections.Immutable;
using System.Net.Sockets;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Workloads;
using AccountGrid.Client;

namespace AccountGrid.Chaos.Tests.Mutants;

/// <summary>
/// The first of three silos is stopped (SIGSTOP) until the others have declared it dead and have taken down every
/// account, also those that were active on it. Then it is woken, and a status cache asks it, and no other silo, until
/// it has ended or answered often enough. No event reaches the cache, so that every answer is what that silo says.
/// </summary>
internal static class Awakening
{
    private const int Accounts = 20;
    private const int Answers = 10 * Accounts;
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    /// <summary>The cache's bound.</summary>
    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Plays it.</summary>
    /// <returns>What the cache answered.</returns>
    public static async Task<ImmutableArray<CacheLook>> PlayAsync(Stage stage, Script script)
    {
        var sleeper = stage.SiloAt(0);
        for (var account = 1; account <= Accounts; account++)
        {
            await stage.DoAsync(script.Register(account));
            await stage.DoAsync(Script.Read(account));
        }

        Assert.True(sleeper.Pause());
        for (var account = 1; account <= Accounts; account++)
        {
            Assert.Equal(Verdict.Done, (await stage.DoAsync(script.Deactivate(account), silo: 1)).Verdict);
        }

        var down = stage.History.Now;
        var token = sleeper.Token("cache", "service");
        using var client = CacheWatch.NewClient(
            cancellationToken => ConnectAsync(sleeper.Grpc, cancellationToken), () => token, new Deaf());
        var options = new AccountStatusCacheOptions { StalenessBound = Bound };
        await using var cache = new AccountStatusCache(client, options);
        while (stage.History.Now <= down + Bound)
        {
            // After this an answer ACTIVE is too stale.
            await Task.Delay(TimeSpan.FromMilliseconds(50), Token);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asking = AskAsync(stage.History, cache, ended.Token);
        Assert.True(sleeper.Resume());
        await Task.WhenAny(asking, sleeper.WaitForExitAsync(EndsWithin, Token));
        await ended.CancelAsync();
        return await asking;
    }

    /// <summary>One account after the other, because a silo that is asked for many asks the others, too.</summary>
    private static async Task<ImmutableArray<CacheLook>> AskAsync(
        History history, AccountStatusCache cache, CancellationToken ended)
    {
        var looks = ImmutableArray.CreateBuilder<CacheLook>();
        for (var question = 0; looks.Count < Answers && !ended.IsCancellationRequested; question++)
        {
            var account = (question % Accounts) + 1;
            var asked = history.Now;
            try
            {
                var status = await cache.GetStatusAsync(account, ended);
                looks.Add(new CacheLook("the cache", account, asked, history.Now, status));
            }
            catch (Exception e)
                when (e is AccountGridException or AccountStatusStaleException or OperationCanceledException)
            {
                // It does not know.
            }
        }

        return looks.ToImmutable();
    }

    private static async ValueTask<Stream> ConnectAsync(Uri grpc, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(grpc.Host, grpc.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>No watch gets through.</summary>
    private sealed class Deaf : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.Segments[^1] == "WatchEvents"
                ? throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused")
                : base.SendAsync(request, cancellationToken);
    }
}
