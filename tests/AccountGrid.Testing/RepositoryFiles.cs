namespace AccountGrid.Testing;

/// <summary>Files of the checkout that the tests were built from.</summary>
public static class RepositoryFiles
{
    /// <summary>The path of a file of the repository.</summary>
    /// <param name="path">Its path below the root.</param>
    /// <exception cref="InvalidOperationException">The tests do not run from a checkout.</exception>
    public static string PathOf(string path)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "AccountGrid.sln")))
            {
                return Path.Combine(at.FullName, path);
            }
        }

        throw new InvalidOperationException("AccountGrid.sln is nowhere above the tests.");
    }
}
