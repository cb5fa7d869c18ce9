using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace AccountGrid.Application;

/// <summary>Writes the lines of an export and their digest. Used by one caller.</summary>
internal sealed class ExportWriter(Stream output) : IDisposable
{
    private const int FlushAt = 1 << 16;

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushAt * 2);
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public async ValueTask WriteAsync(ExportLine line, CancellationToken cancellationToken)
    {
        Add(line);
        if (_buffer.WrittenCount >= FlushAt)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the end.</summary>
    public async Task FinishAsync(TransferSummary total, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        Add(new ExportLine.End(
            total.Streams, total.Entries, total.Accounts, total.Followers, total.Checkpoints,
            Convert.ToHexStringLower(_digest.GetCurrentHash())));
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _digest.Dispose();

    private void Add(ExportLine line)
    {
        using (var json =
            new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = ExportFormat.Context.Options.Encoder }))
        {
            JsonSerializer.Serialize(json, line, ExportFormat.Line);
        }

        _buffer.Write("\n"u8);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        _digest.AppendData(_buffer.WrittenSpan);
        await output.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }
}
