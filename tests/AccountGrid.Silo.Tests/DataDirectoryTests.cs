using System.Text;
using System.Text.Json.Nodes;
using AccountGrid.Testing;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Silo.Tests;

public sealed class DataDirectoryTests(
    DataDirectoryTests.LeftByASilo left) : IClassFixture<DataDirectoryTests.LeftByASilo>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// The directory of a silo that started and stopped once: each test that begins with one gets a copy.
    /// </summary>
    public sealed class LeftByASilo : IAsyncLifetime
    {
        private readonly TempDirectory _directory = new();

        public async ValueTask InitializeAsync()
        {
            await using var silo = await SiloProcess.StartAsync(
                new SiloProcessOptions { DataDirectory = _directory.FullPath }, Token);
            Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
        }

        public TempDirectory Copy() => _directory.Copy();

        public ValueTask DisposeAsync()
        {
            _directory.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>The first start of all: a key that was read too early once made it fail.</summary>
    [Fact]
    public async Task One_that_does_not_exist_is_made_for_its_owner_alone()
    {
        using var parent = new TempDirectory();
        var directory = parent.File("new/accountgrid-data");
        await using var silo =
            await SiloProcess.StartAsync(new SiloProcessOptions { DataDirectory = directory }, Token);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(directory));
        using var api = new Api(silo, "web", "service");
        await api.RegisterAsync(1);

        // The databases were once made with the mode 0644.
        var databases = Directory.GetFiles(directory, "*.db*");
        Assert.Superset(
            new HashSet<string?> { "accountgrid.db", "accountgrid.db-wal", "accountgrid.db-shm", "grains.db" },
            databases.Select(Path.GetFileName).ToHashSet());
        Assert.All(
            databases,
            static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Databases_that_others_may_read_are_left_so_with_one_warning()
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var directory = left.Copy();
        foreach (var file in (string[])["accountgrid.db", "grains.db"])
        {
            File.SetUnixFileMode(directory.File(file), Owner | UnixFileMode.OtherRead);
        }

        File.SetUnixFileMode(
            directory.FullPath, Owner | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await using var silo =
            await SiloProcess.StartAsync(new SiloProcessOptions { DataDirectory = directory.FullPath }, Token);
        Assert.Equal(Owner | UnixFileMode.OtherRead, File.GetUnixFileMode(directory.File("accountgrid.db")));
        Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
        Assert.StartsWith(
            "warn: ",
            Assert.Single(silo.Output, static line => line.Contains("other users", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_silo_on_the_same_directory_is_refused_by_name_and_the_first_goes_on()
    {
        await using var first = await SiloProcess.StartAsync(cancellationToken: Token);
        var keys = await File.ReadAllBytesAsync(Path.Combine(first.DataDirectory, "checkpoint-key.pem"), Token);

        var (exitCode, output) =
            await SiloProcess.RunToEndAsync(new SiloProcessOptions { DataDirectory = first.DataDirectory }, Token);

        Assert.Equal(3, exitCode);
        Assert.Contains(first.DataDirectory, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal(keys,
            await File.ReadAllBytesAsync(Path.Combine(first.DataDirectory, "checkpoint-key.pem"), Token));
        using var api = new Api(first, "web", "service");
        await api.RegisterAsync(1);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        using var directory = left.Copy();
        Execute(directory, "accountgrid.db", "PRAGMA user_version = 99");
        var before = await File.ReadAllBytesAsync(directory.File("accountgrid.db"), Token);

        var (exitCode, output) = await StartAsync(directory);

        Assert.Equal(3, exitCode);
        Assert.Contains("99", output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(directory.File("accountgrid.db"), Token));
    }

    [Fact]
    public async Task A_grain_storage_of_a_newer_version_is_refused_too()
    {
        using var directory = left.Copy();
        Execute(directory, "grains.db", "PRAGMA user_version = 99");
        var (exitCode, output) = await StartAsync(directory);
        Assert.Equal(3, exitCode);
        Assert.Contains("grains.db", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grain_storage_that_cannot_be_read_is_set_aside_and_nothing_is_lost()
    {
        await using var silo = await SiloProcess.StartAsync(cancellationToken: Token);
        using (var api = new Api(silo, "web", "service"))
        {
            await api.RegisterAsync(1);
        }

        await silo.StopAsync(cancellationToken: Token);
        await File.WriteAllTextAsync(Path.Combine(silo.DataDirectory, "grains.db"), new string('x', 8192), Token);
        await silo.RestartAsync(Token);

        using var again = new Api(silo, "web", "service");
        Assert.Equal("ACTIVE", await again.StatusAsync(1));
        Assert.True(File.Exists(Path.Combine(silo.DataDirectory, "grains.db.unreadable")));
    }

    // With the silo stopped the holds and the protection were taken out of the snapshot of a suspended, protected
    // account. It was served as active and standard, and one person took it down alone.
    [Fact]
    public async Task A_snapshot_that_was_edited_is_not_believed()
    {
        await using var silo = await SiloProcess.StartAsync(cancellationToken: Token);
        using (var web = new Api(silo, "web", "service"))
        using (var kim = new Api(silo, "kim", "support"))
        {
            await web.RegisterAsync(5);
            for (var i = 0; i < 5; i++)
            {
                await kim.PostAsync("/v1/accounts/5:deactivate", new { reason = "SPAM" });
                await kim.PostAsync("/v1/accounts/5:restore", new { reason = "ERROR" });
            }

            await kim.PostAsync("/v1/accounts/5:suspend", new { reason = "SPAM" });
            await kim.PostAsync("/v1/accounts/5:protect", new { reason = "OTHER" });
        }

        await silo.StopAsync(cancellationToken: Token);
        EditSnapshot(silo, static state =>
        {
            Assert.NotEmpty(state["holds"]!.AsArray());
            Assert.NotNull(state["designation"]);
            (state["holds"], state["designation"]) = (new JsonArray(), null);
        });
        await silo.RestartAsync(Token);

        using var again = new Api(silo, "kim", "support");
        var account = await again.GetAsync("/v1/accounts/5");
        Assert.Equal(("SUSPENDED", "PROTECTED"),
            (account.GetProperty("status").GetString(), account.GetProperty("tier").GetString()));
        Assert.Equal("PENDING",
            (await again.PostAsync("/v1/accounts/5:deactivate", new { reason = "SPAM" })).GetProperty("outcome")
                .GetString());
        using var metrics = silo.CreateHttpClient();
        Assert.Contains(
            "accountgrid_snapshots_ignored_total{cause=\"seal\"} 1",
            await metrics.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_who_may_read_the_checkpoint_key_are_a_reason_not_to_start()
    {
        using var directory = left.Copy();
        File.SetUnixFileMode(
            directory.File("checkpoint-key.pem"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var (exitCode, output) = await StartAsync(directory);
        Assert.Equal(3, exitCode);
        Assert.Contains("checkpoint-key.pem", output, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", output, StringComparison.Ordinal);
    }

    // Each was once answered with a stack trace.
    [Theory]
    [InlineData("a-file", 2, "must name a directory; ")]
    [InlineData("a-link-to-nothing", 2, "is a link that leads to none")]
    [InlineData("a-file/below", 1, "a-file/below")]
    public async Task What_is_no_directory_is_refused_in_a_sentence(string name, int expected, string sentence)
    {
        using var parent = new TempDirectory();
        await File.WriteAllTextAsync(parent.File("a-file"), "text", Token);
        File.CreateSymbolicLink(parent.File("a-link-to-nothing"), parent.File("nothing"));
        var (exitCode, output) = await SiloProcess.RunToEndAsync(
            new SiloProcessOptions { DataDirectory = parent.File(name) }, Token);
        Assert.Equal(expected, exitCode);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal("text", await File.ReadAllTextAsync(parent.File("a-file"), Token));
    }

    [Theory]
    [InlineData("checkpoint-key.pem")]
    [InlineData("dev-signing-key.pem")]
    public async Task A_key_that_is_a_link_to_no_file_is_named_in_a_sentence(string key)
    {
        using var directory = left.Copy();
        File.Delete(directory.File(key));
        File.CreateSymbolicLink(directory.File(key), directory.File("nothing.pem"));
        var (exitCode, output) = await StartAsync(directory);
        Assert.Equal(3, exitCode);
        Assert.Contains($"{key} is a link to ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.False(File.Exists(directory.File("nothing.pem")));
    }

    private static Task<(int ExitCode, string Output)> StartAsync(TempDirectory directory) =>
        SiloProcess.RunToEndAsync(new SiloProcessOptions { DataDirectory = directory.FullPath }, Token);

    private static void EditSnapshot(SiloProcess silo, Action<JsonNode> edit)
    {
        using var connection =
            new SqliteConnection($"Data Source={Path.Combine(silo.DataDirectory, "grains.db")};Pooling=False");
        connection.Open();
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT CAST(PayloadBinary AS TEXT) FROM OrleansStorage";
        var payload = JsonNode.Parse((string)read.ExecuteScalar()!)!;
        var state = JsonNode.Parse(payload["StateJson"]!.GetValue<string>())!;
        edit(state);
        payload["StateJson"] = state.ToJsonString();
        using var write = connection.CreateCommand();
        write.CommandText = "UPDATE OrleansStorage SET PayloadBinary = $payload";
        write.Parameters.AddWithValue("$payload", Encoding.UTF8.GetBytes(payload.ToJsonString()));
        Assert.Equal(1, write.ExecuteNonQuery());
    }

    private static void Execute(TempDirectory directory, string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={directory.File(file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
