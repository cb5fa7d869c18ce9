using System.Text.Json;

namespace AccountGrid.Monitoring.Tests;

/// <summary>A dashboard as its file says it.</summary>
internal sealed record Dashboard(
    string File, string Uid, string Title, string Description, IReadOnlyList<string> Variables,
    IReadOnlyList<Panel> Panels)
{
    public static IReadOnlyList<Dashboard> All { get; } = [.. Deployment.DashboardFiles.Select(Read)];

    /// <summary>A file's name stands for its dashboard in the names of tests.</summary>
    public static TheoryData<string> Names => [.. All.Select(static d => d.File)];

    public static Dashboard Of(string file) => All.Single(d => d.File == file);

    private static Dashboard Read(string path)
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllText(path));
        var root = json.RootElement;
        return new Dashboard(
            Path.GetFileName(path),
            Text(root, "uid"),
            Text(root, "title"),
            Text(root, "description"),
            [.. root.GetProperty("templating").GetProperty("list").EnumerateArray()
                .Select(static v => Text(v, "name"))],
            [.. root.GetProperty("panels").EnumerateArray().Select(Panel.Read)]);
    }

    internal static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}

/// <summary>A panel, or the heading of a row of them.</summary>
internal sealed record Panel(
    int Id, string Type, string Title, string Description, string Unit, string DataSource, Box Box,
    IReadOnlyList<Query> Queries)
{
    public bool IsHeading => Type == "row";

    public static Panel Read(JsonElement panel) => new(
        panel.GetProperty("id").GetInt32(),
        Dashboard.Text(panel, "type"),
        Dashboard.Text(panel, "title"),
        Dashboard.Text(panel, "description"),
        panel.TryGetProperty("fieldConfig", out var field) ? Dashboard.Text(field.GetProperty("defaults"), "unit") : "",
        panel.TryGetProperty("datasource", out var source) ? Dashboard.Text(source, "uid") : "",
        Box.Read(panel.GetProperty("gridPos")),
        panel.TryGetProperty("targets", out var targets) ? [.. targets.EnumerateArray().Select(Query.Read)] : []);
}

/// <summary>Where a panel lies on the grid of 24 columns.</summary>
internal sealed record Box(int X, int Y, int Width, int Height)
{
    public bool Overlaps(Box other) =>
        X < other.X + other.Width && other.X < X + Width && Y < other.Y + other.Height && other.Y < Y + Height;

    public static Box Read(JsonElement grid) =>
        new(grid.GetProperty("x").GetInt32(), grid.GetProperty("y").GetInt32(), grid.GetProperty("w").GetInt32(),
            grid.GetProperty("h").GetInt32());
}

/// <summary>One expression of a panel.</summary>
internal sealed record Query(string RefId, string Expression, bool HasExemplars)
{
    public static Query Read(JsonElement target) => new(
        Dashboard.Text(target, "refId"), Dashboard.Text(target, "expr"),
        target.TryGetProperty("exemplar", out var exemplar) && exemplar.GetBoolean());

    /// <summary>What Grafana would send: its variables filled in.</summary>
    /// <param name="instances">The chosen instances, as a regular expression.</param>
    public string With(string instances) => Expression
        .Replace("$instance", instances, StringComparison.Ordinal)
        .Replace("$__rate_interval", "10s", StringComparison.Ordinal);
}
