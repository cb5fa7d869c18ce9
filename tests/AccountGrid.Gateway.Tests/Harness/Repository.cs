namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>Where the sources lie.</summary>
public static class Repository
{
    /// <summary>A path inside the repository.</summary>
    public static string PathOf(string relative)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "AccountGrid.sln")))
            {
                return Path.Combine(at.FullName, relative);
            }
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
