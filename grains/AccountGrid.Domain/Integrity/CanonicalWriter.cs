using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AccountGrid.Domain;

/// <summary>
/// Builds the canonical bytes behind every hash of the project: integers big-endian in eight bytes, text as UTF-8
/// behind its byte length, bytes behind their length, absent values as length -1. Length prefixes make the encoding
/// injective: two different field lists never give the same bytes. Not thread-safe; one per hash.
/// </summary>
/// <param name="domain">
/// What the bytes are: a short ASCII name with a version. It keeps a hash of one kind from ever being one of another
/// kind.
/// </param>
public sealed class CanonicalWriter(string domain)
{
    private readonly ArrayBufferWriter<byte> _buffer = Begin(domain);

    /// <summary>Adds an integer.</summary>
    public CanonicalWriter Add(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    /// <summary>Adds text, or its absence.</summary>
    public CanonicalWriter Add(string? text)
    {
        if (text is null)
        {
            return Add(-1);
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Add(length);
        _buffer.Advance(Encoding.UTF8.GetBytes(text, _buffer.GetSpan(length)));
        return this;
    }

    /// <summary>Adds bytes.</summary>
    public CanonicalWriter Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _buffer.Write(bytes);
        return this;
    }

    /// <summary>Adds an instant in whole microseconds, or its absence.</summary>
    public CanonicalWriter Add(DateTimeOffset? instant) => Add(instant is { } i ? Microseconds.Of(i) : long.MinValue);

    /// <summary>What was added so far.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>The SHA-256 of what was added so far.</summary>
    public byte[] Sha256() => SHA256.HashData(_buffer.WrittenSpan);

    /// <summary>The same in lower-case hex.</summary>
    public string Sha256Hex() => Convert.ToHexStringLower(Sha256());

    private static ArrayBufferWriter<byte> Begin(string domain)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Advance(Encoding.UTF8.GetBytes(domain, buffer.GetSpan(domain.Length)));
        buffer.Write("\0"u8);
        return buffer;
    }
}
