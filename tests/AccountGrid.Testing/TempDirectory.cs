namespace AccountGrid.Testing;

/// <summary>A fresh directory of this test's own, removed with everything in it at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>Makes the directory.</summary>
    public TempDirectory() => FullPath = Directory.CreateTempSubdirectory("accountgrid-").FullName;

    /// <summary>Where it lies.</summary>
    public string FullPath { get; }

    /// <summary>The path of something inside it.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    /// <summary>Removes it. A process that still writes into it is not worth failing a passed test.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(FullPath, recursive: true);
        }
        catch (IOException)
        {
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
