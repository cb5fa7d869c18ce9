using System.Globalization;
using AccountGrid.Chaos.Checkers;

namespace AccountGrid.Chaos;

/// <summary>Judges what an earlier run has kept, with the checkers of this build.</summary>
internal static class JudgeCommand
{
    /// <summary>Judges the evidence in a directory and in those below it.</summary>
    /// <param name="directory">That of a failure, or of <c>--keep</c>.</param>
    /// <param name="say">Prints a line.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string directory, Action<string> say)
    {
        string[] paths = Directory.Exists(directory)
            ? [.. Directory.EnumerateFiles(directory, EvidenceFile.Name, SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)]
            : [];
        if (paths.Length == 0)
        {
            say($"--judge: there is no {EvidenceFile.Name} in {directory}.");
            return ChaosCommand.WrongArguments;
        }

        var found = 0;
        foreach (var path in paths)
        {
            try
            {
                var evidence = EvidenceFile.Read(path);
                var (violations, order) = evidence.Judge();
                found += violations.Length;
                say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}: {evidence.History.Operations.Length} operations, "
                        + $"{evidence.Looks.Length} answers of caches, {violations.Length} violations"));
                say($"  {order}");
                foreach (var violation in violations)
                {
                    say($"  {violation}");
                }
            }
            catch (InvalidDataException e)
            {
                say($"--judge: {e.Message}");
                return ChaosCommand.WrongArguments;
            }
        }

        return found == 0 ? ChaosCommand.Held : ChaosCommand.Violated;
    }
}
