using System.Reflection;

namespace AccountGrid.Monitoring.Tests;

/// <summary>The files under test.</summary>
internal static class Deployment
{
    public static string Root { get; } =
        typeof(Deployment).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static a => a.Key == "RepositoryRoot").Value!;

    public static string Prometheus { get; } = Path.Combine(Root, "deploy", "prometheus");

    public static string Configuration { get; } = Path.Combine(Prometheus, "prometheus.yml");

    public static IReadOnlyList<string> RuleFiles { get; } = Files(Path.Combine(Prometheus, "rules"), "*.yml");

    public static IReadOnlyList<string> UnitTests { get; } = Files(Path.Combine(Prometheus, "tests"), "*.test.yml");

    public static string Grafana { get; } = Path.Combine(Root, "deploy", "grafana");

    public static IReadOnlyList<string> DashboardFiles { get; } = Files(Path.Combine(Grafana, "dashboards"), "*.json");

    private static string[] Files(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)];
}
