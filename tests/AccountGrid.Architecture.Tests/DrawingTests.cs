using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AccountGrid.Architecture.Tests;

/// <summary>The drawing of the rooms in ARCHITECTURE.md shows the references that the project files have.</summary>
public sealed partial class DrawingTests
{
    [Fact]
    public void The_drawing_of_the_rooms_has_every_project() =>
        Assert.Equal(Repository.Projects, Names(Drawing()).Values.Order(StringComparer.Ordinal));

    [Fact]
    public void The_drawing_of_the_rooms_has_every_reference_and_no_other()
    {
        var names = Names(Drawing());
        var drawn = Arrow().Matches(Drawing()).Select(a => Line(names[a.Groups[1].Value], names[a.Groups[2].Value]));

        Assert.Equal(References().Order(StringComparer.Ordinal), drawn.Order(StringComparer.Ordinal));
    }

    private static string Drawing() => Fence().Match(Repository.Read("ARCHITECTURE.md")).Groups[1].Value;

    private static Dictionary<string, string> Names(string drawing) =>
        Node().Matches(drawing).ToDictionary(n => n.Groups[1].Value, n => n.Groups[2].Value);

    private static IEnumerable<string> References() =>
        from file in Repository.Files
        where Repository.IsProduct(file) && file.EndsWith(".csproj", StringComparison.Ordinal)
        from reference in XDocument.Parse(Repository.Read(file)).Descendants("ProjectReference")
        let target = (string)reference.Attribute("Include")!
        select Line(Path.GetFileNameWithoutExtension(file), Path.GetFileNameWithoutExtension(target));

    private static string Line(string from, string to) => $"{from} --> {to}";

    [GeneratedRegex("```mermaid\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(\w+)\[(AccountGrid\.[\w.]+)\]")]
    private static partial Regex Node();

    [GeneratedRegex(@"(\w+) --> (\w+)")]
    private static partial Regex Arrow();
}
