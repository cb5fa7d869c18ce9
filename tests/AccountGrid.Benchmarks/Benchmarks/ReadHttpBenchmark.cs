using System.Globalization;
using System.Text;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;

namespace AccountGrid.Benchmarks;

/// <summary>Reads over HTTP/JSON against a transcoded method that answers a constant.</summary>
internal sealed class ReadHttpBenchmark : ReadBenchmark
{
    public override string Name => "read-http";

    public override string Summary =>
        "GET /v1/accounts/{id} against a bare transcoded method that answers a constant account (>= 0.8x)";

    protected override string Title =>
        "one account over HTTP/JSON, ours against a bare transcoded method that answers a constant of the same message";

    protected override int Lanes => 32;

    protected override string Work => "GET /v1/accounts/{id}, 32 connections";

    protected override double Goal => 0.8;

    protected override IReadOnlyList<string> Notes =>
    [
        "baseline: Kestrel + JSON transcoding in a process of its own, JwtBearer with the same key and the same memory of good tokens; no grain, no request checks, no error mapping, no rate limit",
        "1,000 accounts are read over and over, so that nearly all answers come from views that were read through the grain within the last second",
        "the load generator writes prepared requests to sockets and shares the processors with the server; the second row leaves it out",
    ];

    protected override Task<LoadResult> LoadAsync(
        Uri http, Uri grpc, string token, ILoadScript script, TimeSpan duration, CancellationToken cancellationToken) =>
        new HttpLoad(http).RunAsync(script, Lanes, duration, cancellationToken);

    protected override ReadOnlyMemory<byte> Encode(Uri http, string token, long id) =>
        HttpLoad.Get(http, string.Create(CultureInfo.InvariantCulture, $"/v1/accounts/{id}"), token);

    protected override void Check(long id, ReadOnlySpan<byte> answer)
    {
        var text = Encoding.UTF8.GetString(answer).Replace(" ", "", StringComparison.Ordinal);
        VerificationException.ThrowUnlessEqual(
            true, text.Contains($"\"handle\":\"{AccountSeeder.HandleOf(id)}\"", StringComparison.Ordinal),
            $"Account {id} in {text}");
    }
}
