using System.Globalization;
using AccountGrid.Testing;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Silo.Tests.Stranger;

/// <summary>
/// What a stranger is given: the data directory of a silo that was stopped twice, with a checkpoint each time, and
/// killed behind <see cref="Unsigned"/> further entries. Read-only; what a test damages is a copy.
/// </summary>
public sealed class JournalOfASilo : IAsyncLifetime
{
    /// <summary>Entries that no checkpoint covers.</summary>
    public const int Unsigned = 2;

    private readonly TempDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (StrangersVerifier.Missing is null)
        {
            await PlayAsync(_directory, new Dictionary<string, string>());
        }
    }

    /// <summary>A copy of its own for one test.</summary>
    public TempDirectory Copy() => _directory.Copy();

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return default;
    }

    /// <summary>Has a silo write entries of every form: of each kind of actor, with and without a request id.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="storage">Further settings of the silo.</param>
    public static async Task PlayAsync(TempDirectory directory, IReadOnlyDictionary<string, string> storage)
    {
        await using var silo = await SiloProcess.StartAsync(OptionsOf(directory, storage), Token);
        using (var shop = new Api(silo, "shop", "service"))
        using (var kim = new Api(silo, "kim", "support"))
        {
            await shop.PostAsync("/v1/accounts", new { id = "1", handle = "ein_vogel" });
            await shop.PostAsync("/v1/accounts", new { id = "2", handle = "two", requestId = "a-request-id" });
            await shop.PostAsync(
                "/v1/accounts", new { id = "3", handle = "three", requestId = "0f8fad5b-d9cb-469f-a165-70867728950e" });
            await kim.PostAsync(
                "/v1/accounts/2:suspend",
                new { reason = "ABUSE", note = "Größe, 大きさ, \"quoted\"", ticket = "T-1" });
            using var refused = await kim.TryPostAsync("/v1/accounts/1:erase", new { reason = "SPAM" });
        }

        Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
        await silo.RestartAsync(Token);
        await RegisterAsync(silo, 4, 5, 6);
        Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
        await silo.RestartAsync(Token);
        await RegisterAsync(silo, 7, 8);
        await silo.KillAsync();
    }

    /// <summary>The settings of that silo: it makes checkpoints only when it is stopped.</summary>
    public static SiloProcessOptions OptionsOf(
        TempDirectory directory, IReadOnlyDictionary<string, string> storage) => new()
        {
            DataDirectory = directory.FullPath,
            Environment = new Dictionary<string, string>(storage)
            {
                ["ACCOUNTGRID__CHECKPOINTS__INTERVAL"] = "1.00:00:00",
            },
        };

    /// <summary>Does with the database what a person does who may write to its file.</summary>
    public static void Edit(TempDirectory directory, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={directory.File("accountgrid.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            DROP TRIGGER journal_is_never_changed;
            DROP TRIGGER journal_is_never_cut;
            DROP TRIGGER checkpoint_is_never_changed;
            DROP TRIGGER checkpoint_is_never_cut;
            {sql}
            """;
        Assert.NotEqual(0, command.ExecuteNonQuery());
    }

    /// <summary>The number that a query on the database gives.</summary>
    public static long Count(TempDirectory directory, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={directory.File("accountgrid.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static async Task RegisterAsync(SiloProcess silo, params long[] accounts)
    {
        using var shop = new Api(silo, "shop", "service");
        foreach (var account in accounts)
        {
            await shop.RegisterAsync(account);
        }
    }
}
