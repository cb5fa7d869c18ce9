using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Testing;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Tests.Checkers;

/// <summary>What is kept is judged as it was judged when it happened.</summary>
public sealed class EvidenceTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<string> _said = [];

    private string Kept => _directory.File(EvidenceFile.Name);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_held_holds_again()
    {
        EvidenceFile.Write(Kept, Full(Good()));
        Assert.Equal(ChaosCommand.Held, JudgeCommand.Run(_directory.FullPath, _said.Add));
        Assert.Contains("0 violations", _said[0], StringComparison.Ordinal);
    }

    [Fact]
    public void What_did_not_hold_is_found_again_in_the_same_words()
    {
        // An acknowledged takedown whose entry is gone, a silo of another opinion, a cache that is wrong.
        var tale = Good();
        tale.Journal.RemoveAt(tale.Journal.Count - 1);
        var full = Full(tale);
        var stale = new CacheLook(
            "the cache", Tale.Id, TimeSpan.FromHours(1), TimeSpan.FromHours(1), Account.Types.Status.Erased);
        var view = new GatewayView(
            "silo 2",
            ImmutableDictionary<long, Seen>.Empty.Add(Tale.Id, new Seen(Tale.Id, 0, Account.Types.Status.Active)));
        var evidence = full with { Looks = [stale], Views = [view] };
        var before = evidence.Judge().Violations;
        Assert.Contains(before, static v => v.Check == JournalChecker.Lost);
        Assert.Contains(before, static v => v.Check == CacheChecker.TooStale);
        Assert.Contains(before, static v => v.Check == AgreementChecker.Disagree);

        EvidenceFile.Write(Kept, evidence);
        Assert.Equal(before, EvidenceFile.Read(Kept).Judge().Violations);
        Assert.Equal(ChaosCommand.Violated, JudgeCommand.Run(_directory.FullPath, _said.Add));
        Assert.Equal(before.Select(static v => $"  {v}"), _said[2..]);
    }

    [Fact]
    public void Nothing_is_lost_on_the_way()
    {
        EvidenceFile.Write(Kept, Full(Good()));
        var again = _directory.File("again.gz");
        EvidenceFile.Write(again, EvidenceFile.Read(Kept));
        Assert.Equal(Text(Kept), Text(again));

        var (written, read) = (Full(Good()), EvidenceFile.Read(Kept));
        Assert.Equal(
            written.History.Operations.Select(static o => o.ToString()),
            read.History.Operations.Select(static o => o.ToString()));
        Assert.Equal(written.History.Operations[1].Intent.Edges, read.History.Operations[1].Intent.Edges);
        Assert.Equal(written.History.Deaths, read.History.Deaths);
        Assert.Equal(written.Recovered.Accounts[Tale.Id].Journal, read.Recovered.Accounts[Tale.Id].Journal);
        Assert.Equal(written.Recovered.Accounts[Tale.Id].Holds, read.Recovered.Accounts[Tale.Id].Holds);
        Assert.Equal(written.Recovered.Disk!.Of(Tale.Id), read.Recovered.Disk!.Of(Tale.Id));
        Assert.Equal(written.Before!.Audit, read.Before!.Audit);
        Assert.Equal(written.Rules.Disturbances, read.Rules.Disturbances);
        Assert.Equal(written.Views[0].Accounts, read.Views[0].Accounts);
        Assert.Equal(written.Looks, read.Looks);
        Assert.Equal(written.CacheBound, read.CacheBound);
    }

    [Theory]
    [InlineData("""{"Form":2,"Evidence":null}""")]
    [InlineData("""{"Form":1}""")]
    [InlineData("""{"Form":1,"Evidence":[]}""")]
    [InlineData("nothing")]
    public void Another_form_is_refused(string text)
    {
        using (var packed = new GZipStream(File.Create(Kept), CompressionLevel.Fastest))
        {
            packed.Write(Encoding.UTF8.GetBytes(text));
        }

        Assert.Throws<InvalidDataException>(() => EvidenceFile.Read(Kept));
        Assert.Equal(ChaosCommand.WrongArguments, JudgeCommand.Run(_directory.FullPath, _said.Add));
    }

    [Fact]
    public void A_file_that_is_not_compressed_is_refused()
    {
        File.WriteAllText(Kept, "{}");
        Assert.Throws<InvalidDataException>(() => EvidenceFile.Read(Kept));
    }

    private static Tale Good()
    {
        var tale = new Tale
        {
            StoreFails = true,

            // One change was made, so the count has the version 1.
            Distort = static a =>
                a with { Served = a.Served with { Followers = new FollowersSeen(1, 1, Exact: true) } },
        }.Follows(7, follows: true, changed: true);
        tale.Edges.Add(7);
        tale.Dies();
        return tale.Did(OperationKind.Deactivate, "down", tale.Takedown("down"));
    }

    private static Evidence Full(Tale tale)
    {
        var recovered = tale.Recovered();
        return new(
            tale.History(), recovered, recovered,
            new CheckRules(ProtectedReach: 1000, MaxHarms: 3, StoreFails: true)
            {
                Disturbances = [new(TimeSpan.FromSeconds(1), TimeSpan.MaxValue)],
            })
        {
            CacheBound = TimeSpan.FromSeconds(2),
            Looks =
            [
                new CacheLook(
                    "the cache", Tale.Id, TimeSpan.Zero, TimeSpan.FromTicks(1),
                    recovered.Accounts[Tale.Id].Served.Status),
            ],
            Views = [new("silo 1", recovered.Accounts.ToImmutableDictionary(a => a.Key, a => a.Value.Served))],
        };
    }

    private static string Text(string path)
    {
        using var packed = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return packed.ReadToEnd();
    }
}
