using System.Globalization;
using AccountGrid.V1;
using Google.Protobuf;
using StackExchange.Redis;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>
/// Redis in front of the peer's reads, as protobuf under a short key: filled by the first read, emptied by every change
/// after its commit. One multiplexed connection, as its library recommends. Thread-safe.
/// </summary>
internal sealed class PeerCache(IConnectionMultiplexer connection)
{
    private readonly IDatabase _redis = connection.GetDatabase();

    /// <summary>The account, if it is there.</summary>
    public async ValueTask<Account?> GetAsync(long id)
    {
        using var bytes = await _redis.StringGetLeaseAsync(KeyOf(id));
        return bytes is null ? null : Account.Parser.ParseFrom(bytes.Span);
    }

    /// <summary>Keeps it.</summary>
    public Task SetAsync(Account account) => _redis.StringSetAsync(KeyOf(account.Id), account.ToByteArray());

    /// <summary>Forgets it.</summary>
    public Task RemoveAsync(long id) => _redis.KeyDeleteAsync(KeyOf(id));

    private static RedisKey KeyOf(long id) => string.Create(CultureInfo.InvariantCulture, $"a:{id}");
}
