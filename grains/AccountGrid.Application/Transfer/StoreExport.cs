namespace AccountGrid.Application;

/// <summary>Writes what a store holds, as of one instant, in a form that any store can be filled from.</summary>
public static class StoreExport
{
    /// <summary>Writes it all. The store may be in use.</summary>
    /// <param name="source">What is exported.</param>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="clock">The time, for the header.</param>
    /// <param name="cancellationToken">Ends it; what was written is then no export.</param>
    /// <exception cref="JournalDamagedException">
    /// A row is no entry, or its payload no text: the audit says more.
    /// </exception>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public static async Task<TransferSummary> RunAsync(
        IAuditSource source, Stream output, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(clock);
        using var writer = new ExportWriter(output);
        var total = default(TransferSummary);
        var view = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (view.ConfigureAwait(false))
        {
            await writer.WriteAsync(new ExportLine.Header(ExportLine.Header.CurrentFormat, clock.GetUtcNow()),
                cancellationToken).ConfigureAwait(false);
            await foreach (var entry in view.ReadByStreamAsync(cancellationToken).ConfigureAwait(false))
            {
                await writer.WriteAsync(ExportLine.Entry.Of(entry), cancellationToken).ConfigureAwait(false);
                total = total with
                {
                    Entries = total.Entries + 1,
                    Streams = total.Streams + (entry.Entry.Sequence == 1 ? 1 : 0),
                };
            }

            var account = 0L;
            await foreach (var part in view.ReadFollowersAsync(cancellationToken).ConfigureAwait(false))
            {
                await writer.WriteAsync(ExportLine.Edges.Of(part), cancellationToken).ConfigureAwait(false);
                total = total with
                {
                    Followers = total.Followers + part.Followers.Length,
                    Accounts = total.Accounts + (part.Account.Value == account ? 0 : 1),
                };
                account = part.Account.Value;
            }

            await foreach (var checkpoint in view.ReadCheckpointsAsync(cancellationToken).ConfigureAwait(false))
            {
                await writer.WriteAsync(new ExportLine.Signed(CheckpointLine.Of(checkpoint)), cancellationToken)
                    .ConfigureAwait(false);
                total = total with { Checkpoints = total.Checkpoints + 1 };
            }
        }

        await writer.FinishAsync(total, cancellationToken).ConfigureAwait(false);
        return total;
    }
}
