using System.Collections.Immutable;
using System.Net;
using AccountGrid.Application;
using AccountGrid.Cluster;
using AccountGrid.Domain;
using AccountGrid.Gateway;
using AccountGrid.Storage;
using AccountGrid.Storage.Postgres;
using AccountGrid.Storage.Sqlite;

namespace AccountGrid.Silo;

/// <summary>Binds and checks the settings. Finds everything that is wrong at once, a misspelt name included.</summary>
internal static class SettingsReader
{
    private const string Storage = "Storage";
    private const string Gateway = "Gateway";

    /// <summary>The settings and the store's options.</summary>
    /// <exception cref="SettingsException">Some are wrong.</exception>
    public static (SiloSettings Silo, StorageSettings Storage) Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(SiloSettings.Section);
        var findings = ImmutableArray.CreateBuilder<string>();
        FindUnknown(section, typeof(SiloSettings), [Storage, Gateway], findings);
        FindUnknown(section.GetSection(Gateway), typeof(GatewayOptions), [], findings);
        var settings = new SiloSettings();
        Bind(section, settings, findings);
        Check(settings, findings);
        var storage = ReadStorage(section.GetSection(Storage), settings, findings);
        return findings.Count == 0 ? (settings, storage) : throw new SettingsException(findings.DrainToImmutable());
    }

    /// <summary>
    /// The gateway's options; it checks them itself when the host starts. With no source of tokens configured, which is
    /// allowed on loopback only, the development key of the data directory is in force, and the subject of a token made
    /// with it is enrolled on first use.
    /// </summary>
    public static void BindGateway(IConfiguration configuration, string dataDirectory, GatewayOptions gateway)
    {
        configuration.GetSection(SiloSettings.Section).GetSection(Gateway).Bind(gateway);
        gateway.UseDevelopmentKeyByDefault(DataFiles.DevelopmentKeyIn(dataDirectory));
    }

    /// <summary>
    /// The certificates behind <c>Cluster:Tls</c>; <c>null</c> where there is none. Reads files, opens nothing.
    /// </summary>
    /// <exception cref="SettingsException">They do not hold.</exception>
    public static ClusterTls? ReadTls(SiloSettings settings)
    {
        try
        {
            return ClusterTls.Load(settings.Cluster.Tls, isSilo: true);
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException([$"{SiloSettings.Section}:Cluster:Tls:{e.Message}"]);
        }
    }

    /// <summary>
    /// What the settings say about the policy, and which of its settings the configuration names: only those tighten
    /// the policy record.
    /// </summary>
    public static SiloPolicy PolicyOf(IConfiguration configuration, SiloSettings settings)
    {
        var section = configuration.GetSection(SiloSettings.Section);
        return new(
            new GridPolicy(settings.Accounts.ToPolicy(), settings.Operators, settings.Brake),
            [
                .. PolicySettings.All.Select(static setting => setting.Name)
                    .Where(name => section.GetSection(name).Exists()),
            ]);
    }

    private static StorageSettings ReadStorage(
        IConfigurationSection section, SiloSettings settings, ImmutableArray<string>.Builder findings)
    {
        var directory = Path.GetFullPath(settings.Data.Length > 0 ? settings.Data : ".");
        var storage = string.IsNullOrEmpty(settings.Postgres)
            ? new StorageSettings(directory, new SqliteStorageOptions { DataDirectory = directory }, null)
            : new StorageSettings(directory, null, new PostgresStorageOptions { ConnectionString = settings.Postgres });
        StoreOptions options = (StoreOptions?)storage.Sqlite ?? storage.Postgres!;
        FindUnknown(section, options.GetType(), [], findings);
        Bind(section, options, findings);
        findings.AddRange(options.Validate().Select(static broken =>
            broken.StartsWith(nameof(PostgresStorageOptions.ConnectionString), StringComparison.Ordinal)
                ? $"{SiloSettings.Section}:{nameof(SiloSettings.Postgres)}: {broken}"
                : $"{SiloSettings.Section}:{Storage}:{broken}"));
        return storage;
    }

    private static void Bind(IConfigurationSection section, object target, ImmutableArray<string>.Builder findings)
    {
        try
        {
            section.Bind(target);
        }
        catch (InvalidOperationException e)
        {
            // The binder's message names the value, the full name and the type.
            findings.Add(e.Message);
        }
    }

    private static void Check(SiloSettings settings, ImmutableArray<string>.Builder findings)
    {
        var check = new SettingCheck();
        check.That(!string.IsNullOrWhiteSpace(settings.Data), "Data", "must name a directory");
        check.That(!File.Exists(settings.Data), "Data", $"must name a directory; {settings.Data} is a file");
        check.That(
            string.IsNullOrEmpty(settings.Data) || Directory.Exists(settings.Data)
                || new FileInfo(settings.Data).LinkTarget is null,
            "Data",
            $"must name a directory; {settings.Data} is a link that leads to none");
        foreach (var (name, port) in Ports(settings))
        {
            check.In(port, 0, 65535, name);
        }

        foreach (var same in Ports(settings).Where(static p => p.Port != 0).GroupBy(static p => p.Port)
            .Where(static g => g.Count() > 1))
        {
            check.That(false, string.Join($" and {SiloSettings.Section}:", same.Select(static p => p.Name)),
                $"must differ; both are {same.Key}");
        }

        check.That(settings.Cluster.Id is { Length: >= 1 and <= 100 }, "Cluster:Id", "must have 1 to 100 characters");
        check.In(settings.Cluster.MissedProbes, 1, 10, "Cluster:MissedProbes");
        check.That(IPAddress.TryParse(settings.Cluster.Address, out var address), "Cluster:Address",
            "must be an IP address");
        check.That(
            address is null || IPAddress.IsLoopback(address) || settings.Cluster.TrustNetwork
                || !string.IsNullOrEmpty(settings.Cluster.Tls.Certificate), "Cluster:Address",
            "must be a loopback address unless Cluster:Tls is set, or Cluster:TrustNetwork says that the network keeps strangers out");
        check.In(settings.ShutdownTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "ShutdownTimeout");
        check.In(settings.Checkpoints.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "Checkpoints:Interval");
        findings.AddRange(check.Broken.Select(static broken => $"{SiloSettings.Section}:{broken}"));
        findings.AddRange(
            settings.Accounts.ToPolicy().Validate()
                .Select(static broken => $"{SiloSettings.Section}:Accounts:{broken}"));
        findings.AddRange(
            settings.Operators.Validate().Select(static broken => $"{SiloSettings.Section}:Operators:{broken}"));
        findings.AddRange(
            settings.Brake.Validate().Select(static broken => $"{SiloSettings.Section}:Brake:{broken}"));
        findings.AddRange(
            settings.Reconciler.Validate().Select(static broken => $"{SiloSettings.Section}:Reconciler:{broken}"));
        findings.AddRange(
            settings.Derived.Validate().Select(static broken => $"{SiloSettings.Section}:Derived:{broken}"));
        findings.AddRange(
            settings.Traces.Validate().Select(static broken => $"{SiloSettings.Section}:Traces:{broken}"));
        findings.AddRange(
            settings.Limits.Validate().Select(static broken => $"{SiloSettings.Section}:Limits:{broken}"));
    }

    private static (string Name, int Port)[] Ports(SiloSettings settings) =>
        [("HttpPort", settings.HttpPort), ("GrpcPort", settings.GrpcPort), ("SiloPort", settings.SiloPort),
            ("GatewayPort", settings.GatewayPort ?? 0)];

    /// <summary>A name that nothing reads would silently leave its default in force.</summary>
    private static void FindUnknown(
        IConfigurationSection section, Type type, string[] others, ImmutableArray<string>.Builder findings)
    {
        var known = type.GetProperties()
            .ToDictionary(static p => p.Name, static p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (known.TryGetValue(child.Key, out var childType))
            {
                if (childType.Assembly != typeof(object).Assembly && childType.IsClass)
                {
                    FindUnknown(child, childType, [], findings);
                }
            }
            else if (!others.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                findings.Add(
                    $"{child.Path} is no setting; known here are {string.Join(", ", known.Keys.Concat(others).Order(StringComparer.Ordinal))}.");
            }
        }
    }
}
