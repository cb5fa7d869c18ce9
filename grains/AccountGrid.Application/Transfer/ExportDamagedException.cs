namespace AccountGrid.Application;

/// <summary>
/// An export cannot be imported: it is none, of a newer format, cut, changed, or contradicts itself. Nothing was
/// imported.
/// </summary>
/// <param name="line">The line, from 1; 0 where it is about the whole.</param>
/// <param name="why">What is wrong; quotes nothing of the file.</param>
/// <param name="inner">The cause.</param>
public sealed class ExportDamagedException(long line, string why, Exception? inner = null)
    : Exception(line > 0
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Line {line}: {why}.")
        : $"{why}.", inner)
{
    /// <summary>The line, from 1; 0 where it is about the whole.</summary>
    public long Line => line;
}
