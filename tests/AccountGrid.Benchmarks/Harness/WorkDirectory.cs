namespace AccountGrid.Benchmarks.Harness;

/// <summary>A directory on the disk under test, removed at the end unless it is to be kept.</summary>
internal sealed class WorkDirectory : IDisposable
{
    private readonly bool _keep;

    private WorkDirectory(string path, bool keep)
    {
        FullPath = path;
        _keep = keep;
    }

    /// <summary>Where it lies.</summary>
    public string FullPath { get; }

    /// <summary>A fresh one, always removed.</summary>
    public static WorkDirectory Create(BenchmarkOptions options)
    {
        var parent = options.Directory ?? Path.GetTempPath();
        Directory.CreateDirectory(parent);
        for (var n = 0; ; n++)
        {
            var path = Path.Combine(parent, $"bench-{Environment.ProcessId}-{n}");
            if (!Directory.Exists(path))
            {
                return new WorkDirectory(Directory.CreateDirectory(path).FullName, keep: false);
            }
        }
    }

    /// <summary>
    /// One of a name under <see cref="BenchmarkOptions.Directory"/> that outlives the run where the options say so.
    /// </summary>
    /// <param name="options">Where, and whether to keep it.</param>
    /// <param name="name">Says what is in it, parameters included.</param>
    public static WorkDirectory Prepared(BenchmarkOptions options, string name)
    {
        if (!options.Keep)
        {
            return Create(options);
        }

        var path = Path.Combine(options.Directory ?? Path.GetTempPath(), $"bench-kept-{name}");
        return new WorkDirectory(Directory.CreateDirectory(path).FullName, keep: true);
    }

    /// <summary>The path of something inside it.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    /// <summary>A directory inside it.</summary>
    public string Sub(string name) => Directory.CreateDirectory(File(name)).FullName;

    public void Dispose()
    {
        if (!_keep)
        {
            Directory.Delete(FullPath, recursive: true);
        }
    }
}
