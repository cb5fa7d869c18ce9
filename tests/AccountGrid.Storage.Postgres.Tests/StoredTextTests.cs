using System.Text;
using CsCheck;

namespace AccountGrid.Storage.Postgres.Tests;

public sealed class StoredTextTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String, Gen.Char["\\0\0a-f19"].Array[0, 40].Select(static c => new string(c)),
        Gen.Guid.Select(static g => g.ToString("D")), Gen.Guid.Select(static g => g.ToString("N")));

    [Fact]
    public void Every_text_comes_back_from_a_text_column_without_a_zero_character_on_the_way() =>
        Texts.Select(WellFormed).Sample(static text =>
        {
            var stored = StoredText.Escape(text);
            Assert.DoesNotContain('\0', stored);
            Assert.Equal(text, StoredText.Unescape(stored));
        });

    [Fact]
    public void Every_text_comes_back_from_a_packed_column() =>
        Texts.Select(WellFormed).Sample(static text => Assert.Equal(text, StoredText.Unpack(StoredText.Pack(text))));

    [Fact]
    public void Hexadecimal_and_uuids_take_half_the_room()
    {
        Assert.Equal(17, StoredText.Pack("0af7651916cd43dd8448eb211c80319c")!.Length);
        Assert.Equal(17, StoredText.Pack("0193e5a0-7e1d-7abc-8def-0123456789ab")!.Length);
        Assert.Null(StoredText.Pack(null));
        Assert.Null(StoredText.Unpack(null));
    }

    [Fact]
    public void A_lone_surrogate_becomes_what_it_is_hashed_as() =>
        Assert.Equal("a\ufffdb", StoredText.Unescape(StoredText.Escape("a\ud800b")));

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
