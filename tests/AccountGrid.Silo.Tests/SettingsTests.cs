using AccountGrid.Gateway;
using AccountGrid.Testing;
using Microsoft.Extensions.Configuration;

namespace AccountGrid.Silo.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("AccountGrid:HttpPort", "70000")]
    [InlineData("AccountGrid:GrpcPort", "-1")]
    [InlineData("AccountGrid:Data", " ")]
    [InlineData("AccountGrid:ShutdownTimeout", "00:00:00")]
    [InlineData("AccountGrid:Checkpoints:Interval", "2.00:00:00")]
    [InlineData("AccountGrid:Accounts:ProtectedReach", "0")]
    [InlineData("AccountGrid:Accounts:ProtectedReach", "many")]
    [InlineData("AccountGrid:Accounts:ProposalLifetime", "00:00:00")]
    [InlineData("AccountGrid:Accounts:UnprotectCoolOff", "-00:00:01")]
    [InlineData("AccountGrid:Accounts:ImpactDrift", "-0.1")]
    [InlineData("AccountGrid:Accounts:ImpactDrift", "NaN")]
    [InlineData("AccountGrid:Accounts:Reasons:0", "not a code")]
    [InlineData("AccountGrid:Operators:NoticeWindow", "-1.00:00:00")]
    [InlineData("AccountGrid:Operators:BudgetWindow", "00:00:00")]
    [InlineData("AccountGrid:Operators:MaxHarms", "0")]
    [InlineData("AccountGrid:Operators:MaxReach", "0")]
    [InlineData("AccountGrid:Limits:QueueDepth", "0")]
    [InlineData("AccountGrid:Limits:RetryAfter", "1.00:00:00")]
    [InlineData("AccountGrid:Reconciler:EdgesPerSecond", "999")]
    [InlineData("AccountGrid:Reconciler:SliceEdges", "2500001")]
    [InlineData("AccountGrid:Reconciler:Rotation", "00:00:00")]
    [InlineData("AccountGrid:Reconciler:Enabled", "perhaps")]
    [InlineData("AccountGrid:Storage:MaxBatch", "0")]
    [InlineData("AccountGrid:Storage:Readers", "x")]
    [InlineData("AccountGrid:Cluster:Id", "")]
    [InlineData("AccountGrid:Cluster:Address", "here")]
    [InlineData("AccountGrid:Cluster:Address", "10.0.0.1")]
    public void A_value_out_of_its_range_is_named(string name, string value)
    {
        var findings = Assert.Throws<SettingsException>(() => Read((name, value))).Findings;
        Assert.Contains(
            name.Replace(":0", "", StringComparison.Ordinal), Assert.Single(findings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountGrid:Acounts:ProtectedReach")]
    [InlineData("AccountGrid:Accounts:ProtectedReech")]
    [InlineData("AccountGrid:Storage:Reader")]
    [InlineData("AccountGrid:Gateway:Limits:MaxBodyByte")]
    public void A_misspelt_name_is_not_passed_over(string name)
    {
        var finding = Assert.Single(Assert.Throws<SettingsException>(() => Read((name, "1"))).Findings);
        Assert.Contains("is no setting", finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_wrong_is_found_at_once()
    {
        var findings = Assert.Throws<SettingsException>(() => Read(
            ("AccountGrid:Accounts:ProtectedReach", "0"), ("AccountGrid:Operators:MaxHarms", "0"),
            ("AccountGrid:Typo", "1"),
            ("AccountGrid:HttpPort", "9000"), ("AccountGrid:GrpcPort", "9000"))).Findings;
        Assert.Equal(4, findings.Length);
    }

    [Fact]
    public void Values_arrive_where_they_belong()
    {
        var (silo, storage) = Read(
            ("AccountGrid:Accounts:ProtectedReach", "5000"), ("AccountGrid:Accounts:Reasons:0", "SPAM"),
            ("AccountGrid:Operators:MaxHarms", "7"),
            ("AccountGrid:Limits:QueueDepth", "9"), ("AccountGrid:Storage:MaxBatch", "17"),
            ("AccountGrid:Data", "/tmp/x"));
        Assert.Equal((5000, 7, 9, 17, "/tmp/x"),
            (silo.Accounts.ToPolicy().ProtectedReach, silo.Operators.MaxHarms, silo.Limits.QueueDepth,
                storage.Sqlite!.MaxBatch, storage.DataDirectory));
        Assert.Equal(["SPAM"], silo.Accounts.ToPolicy().Reasons);
        Assert.Equal(8, Read().Silo.Accounts.ToPolicy().Reasons.Count);
    }

    [Fact]
    public void With_a_database_the_store_and_its_settings_are_that_databases()
    {
        var (_, storage) =
            Read(("AccountGrid:Postgres", "Host=db;Password=secret"), ("AccountGrid:Storage:FollowWriters", "2"));
        Assert.Null(storage.Sqlite);
        Assert.Equal(("Host=db;Password=secret", 2),
            (storage.Postgres!.ConnectionString, storage.Postgres.FollowWriters));
        Assert.DoesNotContain("secret", storage.ToString(), StringComparison.Ordinal);

        var findings = Assert.Throws<SettingsException>(
            () => Read(("AccountGrid:Postgres", "Hst=db;Password=secret"))).Findings;
        Assert.Contains("AccountGrid:Postgres", Assert.Single(findings), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", findings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_development_key_is_in_force_only_where_no_other_source_of_tokens_is_configured()
    {
        var bare = new GatewayOptions();
        SettingsReader.BindGateway(Configuration(), "/data", bare);
        Assert.Equal(("/data/dev-signing-key.pem", true), (bare.Auth.DevelopmentKeyFile, bare.Auth.EnrollOnFirstUse));

        var real = new GatewayOptions();
        SettingsReader.BindGateway(
            Configuration(("AccountGrid:Gateway:Auth:Authority", "https://id.example")), "/data", real);
        Assert.Equal((null, false), (real.Auth.DevelopmentKeyFile, real.Auth.EnrollOnFirstUse));
    }

    [Theory]
    [InlineData("ACCOUNTGRID__OPERATORS__MAXHARMS", "0", "Operators:MaxHarms")]
    [InlineData("ACCOUNTGRID__GATEWAY__LIMITS__MAXBODYBYTES", "1", "Gateway:Limits:MaxBodyBytes")]
    [InlineData("ACCOUNTGRID__OPERATOR__MAXHARMS", "5", "OPERATOR is no setting")]
    public async Task The_program_says_it_and_ends_with_code_2(string variable, string value, string expected)
    {
        using var data = new TempDirectory();
        var directory = data.File("never-made");
        var (exitCode, output) = await SiloProcess.RunToEndAsync(
            new SiloProcessOptions
            {
                DataDirectory = directory,
                Environment = new Dictionary<string, string> { [variable] = value },
            }, TestContext.Current.CancellationToken);
        Assert.Equal(2, exitCode);
        Assert.Contains(expected, output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory));
    }

    [Theory]
    [InlineData("--http-port", "x")]
    [InlineData("--http-port", "70000")]
    [InlineData("--dta", "y")]
    public async Task A_wrong_argument_ends_with_code_2(string name, string value)
    {
        var (exitCode, output) =
            await SiloProcess.RunToEndAsync(
                new SiloProcessOptions { Arguments = [name, value] }, TestContext.Current.CancellationToken);
        Assert.Equal(2, exitCode);
        Assert.Contains(name, output, StringComparison.Ordinal);
    }

    private static (SiloSettings Silo, StorageSettings Storage) Read(params (string Name, string Value)[] settings) =>
        SettingsReader.Read(Configuration(settings));

    private static IConfigurationRoot Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();
}
