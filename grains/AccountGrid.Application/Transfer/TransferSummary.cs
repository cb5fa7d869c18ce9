namespace AccountGrid.Application;

/// <summary>What an export or an import moved.</summary>
/// <param name="Streams">Journals, of accounts and of people.</param>
/// <param name="Entries">Journal entries.</param>
/// <param name="Accounts">Accounts with a follower count.</param>
/// <param name="Followers">Follow edges.</param>
/// <param name="Checkpoints">Signed checkpoints.</param>
public readonly record struct TransferSummary(long Streams, long Entries, long Accounts, long Followers, long Checkpoints);

/// <summary>An export cannot be imported: it is none, of a newer format, cut, changed, or contradicts itself. Nothing was imported.</summary>
/// <param name="line">The line, from 1; 0 where it is about the whole.</param>
/// <param name="why">What is wrong; quotes nothing of the file.</param>
/// <param name="inner">The cause.</param>
public sealed class ExportDamagedException(long line, string why, Exception? inner = null)
    : Exception(line > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Line {line}: {why}.") : $"{why}.", inner)
{
    /// <summary>The line, from 1; 0 where it is about the whole.</summary>
    public long Line => line;
}
