namespace AccountGrid.Testing;

/// <summary>A fresh directory of this test's own, removed with everything in it at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>Makes the directory.</summary>
    /// <param name="parent">Where; <c>null</c> = in the temporary directory.</param>
    public TempDirectory(string? parent = null) => FullPath = parent is null
        ? Directory.CreateTempSubdirectory("accountgrid-").FullName
        : Directory.CreateDirectory(Path.Combine(parent, $"accountgrid-{Path.GetRandomFileName()}")).FullName;

    /// <summary>Where it lies.</summary>
    public string FullPath { get; }

    /// <summary>The path of something inside it.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    /// <summary>Another one with copies of the files in this one, with their modes.</summary>
    public TempDirectory Copy()
    {
        var copy = new TempDirectory();
        foreach (var file in Directory.GetFiles(FullPath))
        {
            System.IO.File.Copy(file, copy.File(Path.GetFileName(file)));
        }

        return copy;
    }

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
