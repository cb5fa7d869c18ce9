using System.Reflection;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// The database's owner migrates, and a silo serves in a role that may not: the real script, the real program.
/// </summary>
public sealed class MigrateTests
{
    private const string Password = "not-a-secret-of-anybody";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_migrates_by_command_and_a_silo_runs_as_the_service()
    {
        var server = await SharedServer.GetAsync();
        var schema = SharedServer.NewSchema();
        var (owner, service) = ($"{schema}_owner", $"{schema}_service");
        await server.RunScriptAsync(Script(), variables: [("owner", owner), ("service", service), ("schema", schema)]);
        using var passwords = new TempDirectory();
        await File.WriteAllTextAsync(passwords.File("passwords.sql"),
            $"ALTER ROLE {owner} PASSWORD '{Password}'; ALTER ROLE {service} PASSWORD '{Password}';", Token);
        await server.RunScriptAsync(passwords.File("passwords.sql"));
        var asService =
            Options(server.ConnectionString(user: service, password: Password), schema, ("MIGRATE", "false"));

        var (early, tooEarly) = await SiloProcess.RunToEndAsync(asService, Token);
        Assert.True(early == 3, tooEarly);
        Assert.Contains("Migrate it as its owner first", tooEarly, StringComparison.Ordinal);

        var asOwner = Options(server.ConnectionString(user: owner, password: Password), schema,
            ("SERVICEROLE", service)) with
        { Arguments = ["migrate"] };
        for (var i = 0; i < 2; i++)
        {
            // Twice: it may be repeated.
            var (code, output) = await SiloProcess.RunToEndAsync(asOwner, Token);
            Assert.True(code == 0, output);
            Assert.Contains($"{schema} has version 3", output, StringComparison.Ordinal);
            Assert.Contains($"{schema}_orleans has version 2", output, StringComparison.Ordinal);
            Assert.Contains(service, output, StringComparison.Ordinal);
        }

        await using var silo = await SiloProcess.StartAsync(asService, Token);
        using var kim = new Api(silo, "kim", "service", "support");
        await kim.RegisterAsync(1);
        await kim.PostAsync("/v1/accounts/1:deactivate", new { reason = "SPAM", requestId = "once" });
        Assert.Equal("DEACTIVATED", await kim.StatusAsync(1));

        // Snapshots are written at a stop, in the second schema.
        Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
        Assert.DoesNotContain(silo.Output, static line => line.Contains("permission denied", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_needs_a_database_that_it_may_change()
    {
        var (code, output) = await SiloProcess.RunToEndAsync(new SiloProcessOptions { Arguments = ["migrate"] }, Token);
        Assert.True(code == 2, output);
        Assert.Contains("AccountGrid:Postgres must be given", output, StringComparison.Ordinal);

        (code, output) =
            await SiloProcess.RunToEndAsync(
                Options("Host=127.0.0.1;Port=1;Username=nobody;Password=hidden-word", "accountgrid") with
                {
                    Arguments = ["migrate"],
                }, Token);
        Assert.True(code == 1, output);
        Assert.DoesNotContain("hidden-word", output, StringComparison.Ordinal);
    }

    private static SiloProcessOptions Options(
        string connection, string schema, params (string Name, string Value)[] storage) => new()
        {
            Environment = storage.Append(("SCHEMA", schema))
            .ToDictionary(static s => "ACCOUNTGRID__STORAGE__" + s.Item1, static s => s.Item2)
            .Append(new("ACCOUNTGRID__POSTGRES", connection)).ToDictionary(),
        };

    private static string Script()
    {
        var at = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (!File.Exists(Path.Combine(at.FullName, "AccountGrid.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("AccountGrid.sln is nowhere above the tests.");
        }

        return Path.Combine(at.FullName, "deploy", "postgres", "roles.sql");
    }
}
