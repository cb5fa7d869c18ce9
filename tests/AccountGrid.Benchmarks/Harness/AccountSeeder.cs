using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>
/// Registers many accounts in a store while no silo runs on it: by the application's own registrar on the store itself,
/// so that the journal is what a silo would have written, without the wire.
/// </summary>
internal static class AccountSeeder
{
    private const int InFlight = 2_048;

    /// <summary>The handle of a seeded account.</summary>
    public static string HandleOf(long id) => string.Create(CultureInfo.InvariantCulture, $"account{id}");

    /// <summary>Registers accounts 1 to <paramref name="count"/> in a data directory.</summary>
    public static async Task SeedAsync(string directory, int count, CancellationToken cancellationToken)
    {
        await using var store =
            new SqliteStore(new SqliteStorageOptions { DataDirectory = directory }, TimeProvider.System);
        await store.OpenAsync(cancellationToken);
        await SeedAsync(store, count, cancellationToken);
    }

    /// <summary>Registers accounts 1 to <paramref name="count"/> in an open store.</summary>
    public static async Task SeedAsync(IStore store, int count, CancellationToken cancellationToken)
    {
        await using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var diagnostics = new ApplicationDiagnostics(provider.GetRequiredService<IMeterFactory>());
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var seal = SnapshotSeal.From(key);
        var unasked = new UnaskedPorts();
        var registrar = new AccountRegistrar(new AccountServices(
            store.Journal, store.Ledger, unasked, unasked, new AccountEventCodec(), TimeProvider.System,
            new(new AccountPolicy(), new OperatorPolicy(), new BrakePolicy()), new ProcessorLimits(), seal, diagnostics,
            NullLogger<AccountProcessor>.Instance));
        var caller = new Caller(new Actor(ActorKind.Service, "benchmark"), Roles.Service);
        var next = 0L;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(InFlight, count)).Select(_ => Task.Run(
            async () =>
            {
                for (long id; (id = Interlocked.Increment(ref next)) <= count;)
                {
                    var result = await registrar.RegisterAsync(
                        new AccountId(id), HandleOf(id), caller, requestId: null, cancellationToken);
                    VerificationException.ThrowUnlessEqual(Outcome.Done, result.Outcome, $"Registering account {id}");
                }
            },
            cancellationToken)));
    }

    /// <summary>The ports that registering does not ask: it needs no person's authority, and harms nothing.</summary>
    private sealed class UnaskedPorts : IOperatorAuthority, IBrake
    {
        public ValueTask<BrakeAnswer> ReserveAsync(HarmIntent harm, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<BrakeAnswer> PeekAsync(HarmIntent harm, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask SettleAsync(long reservation, DateTimeOffset? happenedAt) => throw new NotSupportedException();

        public Task<AuthorityAnswer> AskAsync(AuthorityQuestion question, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<AuthorityAnswer> PeekAsync(AuthorityQuestion question, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask SettleAsync(Actor payer, long reservation, DateTimeOffset? happenedAt) =>
            throw new NotSupportedException();
    }
}
