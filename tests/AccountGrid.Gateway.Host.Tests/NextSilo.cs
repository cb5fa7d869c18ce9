using System.Reflection;
using AccountGrid.Testing;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>A copy of the built silo with the contracts of AccountGrid.NextVersion in the place of today's.</summary>
internal sealed class NextSilo : IDisposable
{
    private const string Contracts = "AccountGrid.Grains.Abstractions.dll";
    private readonly TempDirectory _directory = new();

    public NextSilo()
    {
        var today = Path.GetDirectoryName(SiloProcess.SiloAssembly)!;
        foreach (var file in Directory.EnumerateFiles(today, "*", SearchOption.AllDirectories))
        {
            var copy = _directory.File(Path.GetRelativePath(today, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var next = typeof(NextSilo).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static a => a.Key == "NextVersion").Value!;
        Assert.NotEqual(File.ReadAllBytes(next), File.ReadAllBytes(_directory.File(Contracts)));
        File.Copy(next, _directory.File(Contracts), overwrite: true);
    }

    /// <summary>The silo's assembly.</summary>
    public string Assembly => _directory.File(Path.GetFileName(SiloProcess.SiloAssembly));

    public void Dispose() => _directory.Dispose();
}
