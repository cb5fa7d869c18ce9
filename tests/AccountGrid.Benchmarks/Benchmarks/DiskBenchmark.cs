using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks;

/// <summary>Bytes on disk per follow edge and per transition.</summary>
internal sealed class DiskBenchmark(StoreKind store) : IBenchmark
{
    private const string Ours = "silo";
    private const int Edges = 1_000_000;
    private const int Clients = 64;
    private const int Transitions = 40_000;

    public string Name => Arena.NameOf("disk", store);

    public string? Missing => Arena.MissingFor(store);

    public string Summary =>
        $"bytes on disk on {store} per follow edge (<= 110 B) and per transition (<= 400 B), all databases, after a clean stop";

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var arena = Arena.Create(store, options);
        await arena.SeedAsync(Ours, TransitionScript.AccountsOf(Clients) + 1, cancellationToken);
        await RunAsync(arena, (_, _) => Task.CompletedTask, cancellationToken);
        var empty = await arena.SizeAsync(Ours, cancellationToken);

        await RunAsync(arena, FollowAsync, cancellationToken);
        var followed = await arena.SizeAsync(Ours, cancellationToken);

        // Account 1 has a million followers now and is protected by its reach: one person alone takes down the others
        // only.
        var script = new TransitionScript(Clients, firstAccount: 2, byOwner: true);
        await RunAsync(arena, (silo, token) => TransitAsync(silo, script, token), cancellationToken);
        var moved = await arena.SizeAsync(Ours, cancellationToken);

        var count = await arena.CountEdgesAsync(Ours, 1, cancellationToken);
        VerificationException.ThrowUnlessEqual(Edges, count, "Edges");
        return new Report(
            $"bytes on disk, all tables and indexes of silo and Orleans, after a clean stop, {arena.Description}",
            [
                new Row("per follow edge", null, (followed - empty) / (double)Edges, null, Units.Bytes,
                    Goal.OursAtMost(110, "110 B")),
                new Row("per transition", null, (moved - followed) / (double)script.Acknowledged, null, Units.Bytes,
                    Goal.OursAtMost(400, "400 B")),
            ],
            null,
            [
                $"{count:#,0} edges counted one by one; {script.Acknowledged:#,0} transitions acknowledged and journalled"],
            [
                "edges of one account with scattered follower ids; transitions of 1,024 accounts with a note of 42 and a ticket of 13 characters, their snapshots included", .. await arena.DescribeSizeAsync(Ours, cancellationToken)]);
    }

    private static async Task RunAsync(
        Arena arena, Func<SiloProcess, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await using var silo = await arena.StartSiloAsync(Ours, accounts: 0, null, cancellationToken);
        await work(silo, cancellationToken);
        VerificationException.ThrowUnlessEqual(
            0, await silo.StopAsync(cancellationToken: cancellationToken), "The silo's exit code");
    }

    private static async Task FollowAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        using var stream = new FollowStream(silo.Grpc, silo.Token(SiloUnderTest.Service, "service"));
        await stream.SendAsync(
            FollowStream.Encode(Edges, 10_000, 0, _ => 1, FollowStream.Scattered), 2, Edges, cancellationToken);
    }

    private static async Task TransitAsync(
        SiloProcess silo, TransitionScript script, CancellationToken cancellationToken)
    {
        var token = silo.Token(SiloUnderTest.Service, "service");
        var load = new GrpcLoad([silo.Grpc], _ => token, TransitionScript.Methods);
        while (script.Acknowledged < Transitions)
        {
            (await load.RunAsync(script, Clients, TimeSpan.FromMilliseconds(500), cancellationToken)).ThrowIfFailed();
        }

        await SiloUnderTest.VerifyAuditAsync(silo, script.Acknowledged, cancellationToken);
    }
}
