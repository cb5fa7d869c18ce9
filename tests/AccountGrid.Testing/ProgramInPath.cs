namespace AccountGrid.Testing;

/// <summary>Programs of other people that a machine may have or not.</summary>
internal static class ProgramInPath
{
    /// <summary>The program's path; <c>null</c> where there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
