using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Application.Tests.Audit;

/// <summary>A store, a real log file outside it, a real key, and the maker and verifier over them.</summary>
public sealed class Notary : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("accountgrid-audit-");

    public Notary()
    {
        Signer = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        Keys = CheckpointKeys.FromPem(Signer.ExportPublicKeyPem());
        Outside = new(OutsidePath);
    }

    public TamperableStore Store { get; } = new();

    public string OutsidePath => Path.Combine(_folder.FullName, "checkpoints.jsonl");

    public FileCheckpointLog Outside { get; }

    public ECDsaCheckpointSigner Signer { get; }

    public CheckpointKeys Keys { get; }

    public FakeTimeProvider Clock { get; } = new(new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public CheckpointMaker Maker(ICheckpointSigner? signer = null, CheckpointKeys? keys = null) =>
        new(Store, Store, Outside, signer ?? Signer, keys ?? Keys, Clock);

    /// <summary>A round of a maker of its own, as after a restart.</summary>
    public async Task<CheckpointRound> MakeAsync()
    {
        using var maker = Maker();
        return await maker.MakeAsync(Cancellation);
    }

    public Task<VerificationResult> VerifyAsync(CheckpointKeys? keys = null) =>
        new AuditVerifier(Store, Outside, keys ?? Keys).VerifyAsync(Cancellation);

    /// <summary>
    /// Three streams, interleaved, with a checkpoint after every <paramref name="every"/> entries and none at the end.
    /// </summary>
    public async Task<Notary> WithHistoryAsync(int entries = 14, int every = 4)
    {
        for (var i = 0; i < entries; i++)
        {
            Store.Append(i % 5 == 4 ? "op/kim" : $"a/{1 + (i % 2)}", $$"""{"n":{{i}}}""");
            if ((i + 1) % every == 0)
            {
                Assert.NotNull((await MakeAsync()).Made);
            }
        }

        return this;
    }

    public void RewriteOutside(Func<string[], IEnumerable<string>> change) =>
        File.WriteAllText(OutsidePath, string.Concat(change(File.ReadAllLines(OutsidePath)).Select(l => l + "\n")));

    public async Task<AuditProblem> FindAsync(AuditProblemKind kind)
    {
        var result = await VerifyAsync();
        Assert.False(result.IsIntact);
        Assert.Equal(kind, result.First!.Kind);
        return result.First;
    }

    public void Dispose()
    {
        Outside.Dispose();
        Signer.Dispose();
        _folder.Delete(recursive: true);
    }
}
