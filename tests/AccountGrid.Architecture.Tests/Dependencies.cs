using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace AccountGrid.Architecture.Tests;

/// <summary>Who may know whom: dependencies point inward, and Orleans stays in its rooms.</summary>
internal static class Dependencies
{
    private const string Domain = "AccountGrid.Domain";
    private const string KeyFiles = "AccountGrid.KeyFiles";
    private const string Application = "AccountGrid.Application";
    private const string Storage = "AccountGrid.Storage";
    private const string Abstractions = "AccountGrid.Grains.Abstractions";
    private const string Protocol = "AccountGrid.Protocol";
    private const string OpenApi = "AccountGrid.OpenApi";
    private const string JsonContract = "AccountGrid.JsonContract";
    private const string Gateway = "AccountGrid.Gateway";
    private const string Cluster = "AccountGrid.Cluster";
    private const string Telemetry = "AccountGrid.Telemetry";
    private const string Client = "AccountGrid.Client";

    /// <summary>The projects that each project may use. A project that is not here fails.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        [Domain] = [],
        [KeyFiles] = [],
        [Application] = [Domain, KeyFiles],
        [Abstractions] = [Domain],
        ["AccountGrid.Grains"] = [Domain, Application, Abstractions],
        [Storage] = [Domain, Application],
        ["AccountGrid.Storage.Sqlite"] = [Domain, Application, Storage],
        ["AccountGrid.Storage.Postgres"] = [Domain, Application, Storage],
        [Protocol] = [],
        [OpenApi] = [Protocol],
        [JsonContract] = [],
        [Gateway] = [Domain, KeyFiles, Abstractions, Protocol, OpenApi, JsonContract],
        [Cluster] = [KeyFiles],
        [Telemetry] = [Domain, Abstractions],
        ["AccountGrid.Gateway.Host"] = [Domain, Gateway, Abstractions, Cluster, Telemetry],
        [Client] = [Protocol],
        ["AccountGrid.Cli"] = [Protocol, Client],
        ["AccountGrid.Silo"] =
        [
            Domain, KeyFiles, Application, Abstractions, "AccountGrid.Grains", Storage, "AccountGrid.Storage.Sqlite",
            "AccountGrid.Storage.Postgres", Protocol, Gateway, Cluster, Telemetry,
        ],
    };

    /// <summary>What a project may not use though it is no project of ours: assembly name prefixes.</summary>
    private static readonly Dictionary<string, string[]> Banned = new(StringComparer.Ordinal)
    {
        [Application] = ["Orleans", "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql", "Grpc", "Google"],
        [Abstractions] = ["Orleans.Runtime", "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql", "Grpc", "Google"],
        ["AccountGrid.Grains"] = ["Microsoft.AspNetCore", "Microsoft.Data", "Npgsql", "Grpc", "Google"],
        [Storage] = ["Orleans", "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql", "Grpc", "Google"],
        ["AccountGrid.Storage.Sqlite"] = ["Orleans", "Microsoft.AspNetCore", "Npgsql", "Grpc", "Google"],
        ["AccountGrid.Storage.Postgres"] = ["Orleans", "Microsoft.AspNetCore", "Microsoft.Data", "Grpc", "Google"],
        [Protocol] = ["Orleans", "Microsoft.AspNetCore"],
        [OpenApi] = ["Orleans", "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql"],
        [JsonContract] = ["Orleans", "Microsoft.Data", "Npgsql"],
        [Gateway] = ["Orleans.Runtime", "Microsoft.Data", "Npgsql"],
        [Telemetry] = ["Orleans.Runtime", "Microsoft.Data", "Npgsql", "Grpc", "Google"],
        [Cluster] = ["Orleans.Runtime", "Microsoft.Data", "Npgsql", "Grpc", "Google"],
        [Client] = ["Orleans", "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql"],
        ["AccountGrid.Cli"] = ["Orleans", "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql"],
    };

    /// <summary>The simple names of what a built project uses.</summary>
    public static IReadOnlyList<string> ReferencesOf(string project)
    {
        var file = Path.Combine(AppContext.BaseDirectory, AssemblyOf(project) + ".dll");
        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    /// <summary>What is wrong with these references of a project; empty if nothing is.</summary>
    public static IReadOnlyList<string> Violations(string project, IEnumerable<string> references)
    {
        if (!Allowed.TryGetValue(project, out var allowed))
        {
            return [$"{project} is not in the table of who may know whom"];
        }

        var names = allowed.Select(AssemblyOf).ToArray();
        return [.. references.Where(r =>
            (IsOurs(r) && !names.Contains(r))
            || (project is Domain or KeyFiles && !IsOurs(r) && !IsOfTheRuntime(r))
            || Banned.GetValueOrDefault(project, [])
                .Any(b => r == b || r.StartsWith(b + ".", StringComparison.Ordinal)))
            .Select(r => $"{project} must not know {r}")];
    }

    private static string AssemblyOf(string project) => project == "AccountGrid.Cli" ? "accountgrid" : project;

    private static bool IsOurs(string assembly) =>
        assembly.StartsWith("AccountGrid.", StringComparison.Ordinal) || assembly == "accountgrid";

    private static bool IsOfTheRuntime(string assembly) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, assembly + ".dll"));
}
