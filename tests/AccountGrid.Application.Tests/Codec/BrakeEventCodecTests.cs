using System.Text;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public static class BrakeEventCodecTests
{
    private static readonly DateTimeOffset Noon = new(2017, 11, 3, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The stored form of every event of the brake; it may never change.</summary>
    public static TheoryData<BrakeEvent, string, string> Goldens() => new()
    {
        {
            new BrakeEvent.Engaged(2_000, 41_000, 2_000, 10_000_000, Noon), "brake-engaged",
            """{"harms":2000,"reach":41000,"maxHarms":2000,"maxReach":10000000,"until":"2017-11-03T12:00:00Z"}"""
        },
        { new BrakeEvent.Released("looked at"), "brake-released", """{"note":"looked at"}""" },
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public static void Every_event_is_written_exactly_so_and_read_back_the_same(
        BrakeEvent payload, string type, string json)
    {
        var codec = new BrakeEventCodec();
        var encoded = codec.Encode(payload);
        Assert.Equal(
            (type, 1, json), (encoded.Type, encoded.TypeVersion, Encoding.UTF8.GetString(encoded.Payload.Span)));
        var entry = new JournalEntry(
            StreamId.Brake, 3, Noon, Actor.System, encoded.Type, encoded.TypeVersion, encoded.Payload, "trace", "r1",
            "digest", Hash: default);
        Assert.Equal(
            new Recorded<BrakeEvent>(payload, 3, Noon, Actor.System, "r1", "digest", "trace"), codec.Decode(entry));
    }

    [Fact]
    public static void A_version_or_a_member_that_is_unknown_is_refused()
    {
        var codec = new BrakeEventCodec();
        foreach (var (type, version, json) in new[]
        {
            ("brake-engaged", 2, "{}"), ("brake-released", 1, """{"note":"x","more":1}"""), ("brake-other", 1, "{}"),
        })
        {
            Assert.Throws<UnknownFormatException>(() => codec.Decode(new(
                StreamId.Brake, 1, Noon, Actor.System, type, version, Encoding.UTF8.GetBytes(json), "", null, null,
                Hash: default)));
        }
    }
}
