using AccountGrid.V1;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>Which baseline a process of this program serves.</summary>
internal enum BaselineKind
{
    /// <summary><see cref="ConstantAccountService"/>.</summary>
    Constant,

    /// <summary>The peer, with <see cref="PeerCommit.Each"/>.</summary>
    PeerEach,

    /// <summary>The same, with <see cref="PeerCommand.Transaction"/> where it makes a difference.</summary>
    PeerTransaction,

    /// <summary>The peer, with <see cref="PeerCommit.Batch"/>.</summary>
    PeerBatch,
}

/// <summary>Where the peer keeps things.</summary>
/// <param name="Postgres">Its database; <c>null</c> = SQLite in its directory.</param>
/// <param name="Redis">Host and port of the cache in front of reads; <c>null</c> = none.</param>
internal sealed record PeerPlace(string? Postgres = null, string? Redis = null);

/// <summary>The hidden verb by which this program serves a baseline in a process of its own.</summary>
internal static class BaselineCommand
{
    /// <summary>
    /// The answer of <see cref="BaselineKind.Constant"/>, inside the directory: an account in protobuf.
    /// </summary>
    public const string AnswerFile = "answer.bin";

    /// <summary>Serves until it is ended.</summary>
    public static Task ServeAsync(
        BaselineKind kind, string keyFile, string directory, int accounts, PeerPlace place,
        CancellationToken cancellationToken) =>
        kind == BaselineKind.Constant
            ? BaselineHost.RunAsync(
                keyFile,
                services =>
                    services.AddSingleton(
                        Account.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(directory, AnswerFile)))),
                app => app.MapGrpcService<ConstantAccountService>(),
                cancellationToken)
            : ServePeerAsync(kind, keyFile, directory, accounts, place, cancellationToken);

    private static async Task ServePeerAsync(
        BaselineKind kind, string keyFile, string directory, int accounts, PeerPlace place,
        CancellationToken cancellationToken)
    {
        var commit = kind == BaselineKind.PeerBatch ? PeerCommit.Batch : PeerCommit.Each;
        var command = kind == BaselineKind.PeerTransaction ? PeerCommand.Transaction : PeerCommand.Statement;
        await using IPeerStore store =
            place.Postgres is { } connection ? new PostgresPeer(connection, command) : new SqlitePeer(directory);
        await store.SeedAsync(accounts, cancellationToken);
        await using var redis = place.Redis is { } server ? await ConnectionMultiplexer.ConnectAsync(server) : null;
        await BaselineHost.RunAsync(
            keyFile,
            services =>
            {
                services.TryAddSingleton(TimeProvider.System);
                services.AddSingleton(store);
                services.AddSingleton(typeof(PeerCommit), commit);
                if (redis is not null)
                {
                    services.AddSingleton(new PeerCache(redis));
                }
            },
            app =>
            {
                app.MapGrpcService<PeerAccountService>();
                app.MapGrpcService<PeerFollowerService>();
            },
            cancellationToken);
    }
}
