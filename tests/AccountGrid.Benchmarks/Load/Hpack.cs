using System.Text;

namespace AccountGrid.Benchmarks.Load;

/// <summary>
/// As much of HPACK (RFC 7541) as a load generator needs: literals without indexing and without Huffman coding.
/// </summary>
internal static class Hpack
{
    private static readonly byte[] StatusName = Encoding.ASCII.GetBytes("grpc-status");

    /// <summary>The header block of a unary gRPC call.</summary>
    public static byte[] RequestHeaders(string authority, string method, string token)
    {
        var block = new List<byte> { 0x83, 0x86 }; // :method POST and :scheme http of the static table
        Indexed(block, 4, method);                 // :path
        Indexed(block, 1, authority);              // :authority
        Indexed(block, 31, "application/grpc");    // content-type
        Literal(block, "te", "trailers");
        Indexed(block, 23, $"Bearer {token}");     // authorization
        return [.. block];
    }

    /// <summary>
    /// Whether a block of trailers says that the call went well. The peer may use no dynamic table and, as servers do
    /// here, no Huffman coding.
    /// </summary>
    public static bool SaysOk(ReadOnlySpan<byte> block)
    {
        var at = block.IndexOf(StatusName);
        return at >= 0 && at + StatusName.Length + 1 < block.Length && block[at + StatusName.Length] == 1
            && block[at + StatusName.Length + 1] == (byte)'0';
    }

    /// <summary>What can be read of a block, for a person.</summary>
    public static string Describe(ReadOnlySpan<byte> block) =>
        string.Concat(Encoding.Latin1.GetString(block).Select(c => char.IsBetween(c, ' ', '~') ? c : ' '));

    // A literal without indexing whose name is in the static table.
    private static void Indexed(List<byte> block, int name, string value)
    {
        Integer(block, 0, 4, name);
        Text(block, value);
    }

    private static void Literal(List<byte> block, string name, string value)
    {
        block.Add(0);
        Text(block, name);
        Text(block, value);
    }

    private static void Text(List<byte> block, string text)
    {
        Integer(block, 0, 7, text.Length);
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }

    private static void Integer(List<byte> block, byte flags, int prefixBits, int value)
    {
        var most = (1 << prefixBits) - 1;
        if (value < most)
        {
            block.Add((byte)(flags | value));
            return;
        }

        block.Add((byte)(flags | most));
        for (value -= most; value >= 128; value >>= 7)
        {
            block.Add((byte)(value | 128));
        }

        block.Add((byte)value);
    }
}
