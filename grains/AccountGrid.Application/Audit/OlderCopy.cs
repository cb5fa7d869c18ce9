using System.Globalization;

namespace AccountGrid.Application;

/// <summary>
/// Finds a store that is older than the checkpoints outside it: a backup, or a store whose end was cut.
/// </summary>
public static class OlderCopy
{
    /// <summary>Compares the end of the journals with the last checkpoint outside.</summary>
    /// <remarks>A log whose end cannot be read is left to the next checkpoint, which tells of it.</remarks>
    /// <exception cref="InvalidDataException">The journals lack entries that a checkpoint covers.</exception>
    /// <exception cref="IOException">The log outside cannot be read.</exception>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    public static async Task CheckAsync(
        IJournalFeed feed, ICheckpointLog outside, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentNullException.ThrowIfNull(outside);
        Checkpoint? last;
        try
        {
            // Before the head: entries come first, and their checkpoint afterwards.
            last = await outside.ReadLastAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CheckpointLogDamagedException)
        {
            return;
        }

        var head = last is null ? 0 : await feed.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
        if (head < last?.Position)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The journals end at position {head}, but {path} covers {last.Position} since {last.At:u}. ")
                + "The database is an older copy, or entries were removed from it. Restore a newer one; to go on with "
                + "this one, and without what is missing, move that file away and start.");
        }
    }
}
