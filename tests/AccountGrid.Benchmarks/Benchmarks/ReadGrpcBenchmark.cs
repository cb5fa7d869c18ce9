using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Benchmarks;

/// <summary>Reads over gRPC against a method that answers a constant.</summary>
internal class ReadGrpcBenchmark : ReadBenchmark
{
    public override string Name => "read-grpc";

    public override string Summary =>
        "GetAccount over gRPC against a bare gRPC method that answers a constant account (>= 0.6x)";

    protected override string Title =>
        "one account over gRPC, ours against a bare gRPC method that answers a constant of the same message";

    protected override int Lanes => 64;

    protected override string Work => "GetAccount, 64 callers on 4 connections";

    protected override double Goal => 0.6;

    protected override IReadOnlyList<string> Notes =>
    [
        "baseline: Kestrel + Grpc.AspNetCore in a process of its own, JwtBearer with the same key and the same memory of good tokens; no grain, no error mapping, no rate limit",
        "1,000 accounts are read over and over, so that nearly all answers come from views that were read through the grain within the last second",
        "the load generator writes HTTP/2 frames itself and shares the processors with the server; the second row leaves it out",
    ];

    protected override Task<LoadResult> LoadAsync(
        Uri http, Uri grpc, string token, ILoadScript script, TimeSpan duration, CancellationToken cancellationToken) =>
        new GrpcLoad([grpc], _ => token, ["/accountgrid.v1.AccountService/GetAccount"]).RunAsync(
            script, Lanes, duration, cancellationToken);

    protected override ReadOnlyMemory<byte> Encode(Uri http, string token, long id) =>
        new GetAccountRequest { Id = id }.ToByteArray();

    protected override void Check(long id, ReadOnlySpan<byte> answer)
    {
        var account = Account.Parser.ParseFrom(answer);
        VerificationException.ThrowUnlessEqual(
            (id, AccountSeeder.HandleOf(id)), (account.Id, account.Handle), "The account read");
    }
}
