using AccountGrid.V1;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>Which baseline a process of this program serves.</summary>
internal enum BaselineKind
{
    /// <summary><see cref="ConstantAccountService"/>.</summary>
    Constant,

    /// <summary>The peer, with <see cref="PeerCommit.Each"/>.</summary>
    PeerEach,

    /// <summary>The peer, with <see cref="PeerCommit.Batch"/>.</summary>
    PeerBatch,
}

/// <summary>The hidden verb by which this program serves a baseline in a process of its own.</summary>
internal static class BaselineCommand
{
    /// <summary>The answer of <see cref="BaselineKind.Constant"/>, inside the directory: an account in protobuf.</summary>
    public const string AnswerFile = "answer.bin";

    /// <summary>Serves until it is ended.</summary>
    public static Task ServeAsync(BaselineKind kind, string keyFile, string directory, int accounts, CancellationToken cancellationToken) =>
        kind == BaselineKind.Constant
            ? BaselineHost.RunAsync(
                keyFile,
                services => services.AddSingleton(Account.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(directory, AnswerFile)))),
                app => app.MapGrpcService<ConstantAccountService>(),
                cancellationToken)
            : ServePeerAsync(kind == BaselineKind.PeerEach ? PeerCommit.Each : PeerCommit.Batch, keyFile, directory, accounts, cancellationToken);

    private static async Task ServePeerAsync(PeerCommit commit, string keyFile, string directory, int accounts, CancellationToken cancellationToken)
    {
        using var database = new PeerDatabase(directory);
        database.Seed(accounts);
        await BaselineHost.RunAsync(
            keyFile,
            services =>
            {
                services.TryAddSingleton(TimeProvider.System);
                services.AddSingleton(database).AddSingleton<PeerAccountCommands>().AddSingleton<PeerFollowCommands>();
                services.AddSingleton(typeof(PeerCommit), commit);
            },
            app =>
            {
                app.MapGrpcService<PeerAccountService>();
                app.MapGrpcService<PeerFollowerService>();
            },
            cancellationToken);
    }
}
