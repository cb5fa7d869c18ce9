using System.Text.Json;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Storage.Sqlite;
using AccountGrid.Testing;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// A real silo whose settings file changes between its starts: settings tighten the policy record, and what is weaker
/// has to be adopted by two admins.
/// </summary>
public sealed class PolicyTests : IDisposable
{
    private const string Reach = "Accounts:ProtectedReach";
    private readonly TempDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Weaker_settings_are_not_in_force_until_two_admins_adopt_them()
    {
        await using (var first = await StartAsync(
            ("ACCOUNTS__PROTECTEDREACH", "2"), ("OPERATORS__POWERCOOLOFF", "00:00:00")))
        {
            using var kim = new Api(first, "kim", "admin", "support");
            using var shop = new Api(first, "shop", "service");
            await RecordedAsync(kim);
            await FollowedAsync(shop, 1, 2);
            Assert.Equal("PROTECTED", await TierAsync(kim, 1));
            Assert.Equal("Healthy", await HealthAsync(first));
            await first.StopAsync(cancellationToken: Token);
        }

        await using var silo = await StartAsync(
            ("ACCOUNTS__PROTECTEDREACH", "5"), ("ACCOUNTS__UNPROTECTCOOLOFF", "00:00:00"),
            ("OPERATORS__MAXHARMS", "10"));
        using var ann = new Api(silo, "ann", "admin", "support", "auditor");
        using var bob = new Api(silo, "bob", "admin");
        using var web = new Api(silo, "web", "service");
        var policy = await TightenedAsync(ann, "Operators:MaxHarms", "10");
        Assert.Equal(("2", "1.00:00:00"), (ValueOf(policy, Reach), ValueOf(policy, "Accounts:UnprotectCoolOff")));
        await FollowedAsync(web, 2, 2);
        Assert.Equal("PROTECTED", await TierAsync(ann, 2));
        Assert.Equal("PENDING", (await ann.PostAsync("/v1/accounts/2:deactivate", new { reason = "SPAM" }))
            .GetProperty("outcome").GetString());

        // The difference is shown.
        var health = await HealthAsync(silo);
        Assert.StartsWith("Degraded", health, StringComparison.Ordinal);
        Assert.Contains($"{Reach} (weaker), Accounts:UnprotectCoolOff (weaker)", health, StringComparison.Ordinal);
        Assert.Contains(
            silo.Output,
            static line => line.Contains($"{Reach} is 2, the settings say 5 (weaker)", StringComparison.Ordinal));
        using (var metrics = await ann.SendAsync("/metrics"))
        {
            var page = await metrics.Content.ReadAsStringAsync(Token);
            Assert.Contains("accountgrid_policy_differences{direction=\"weaker\"} 2\n", page, StringComparison.Ordinal);
            Assert.Contains("accountgrid_policy_changes_total{kind=\"tightened\"} 1\n", page, StringComparison.Ordinal);
        }

        var diff = await ann.GetAsync("/v1/policy:diff");
        Assert.Equal(
            [(Reach, "2", "5", true), ("Accounts:UnprotectCoolOff", "1.00:00:00", "00:00:00", true)],
            diff.GetProperty("differences").EnumerateArray().Select(static d => (
                d.GetProperty("name").GetString()!, d.GetProperty("policyValue").GetString()!,
                d.GetProperty("settingsValue").GetString()!, d.GetProperty("weaker").GetBoolean())));

        // Two admins adopt it. What is protected by its journal stays so.
        var asked = await ann.PostAsync(
            "/v1/policy:propose", new { settings = new[] { new { name = Reach, value = "5" } } });
        var sequence = asked.GetProperty("policy").GetProperty("openProposal").GetProperty("sequence").GetString();
        var done = await bob.PostAsync($"/v1/policy/proposals/{sequence}:approve", new { });
        Assert.Equal("DONE", done.GetProperty("outcome").GetString());
        await UntilAsync(async () => !(await HealthAsync(silo)).Contains(Reach, StringComparison.Ordinal));
        await FollowedAsync(web, 3, 4);
        Assert.Equal(("PROTECTED", "STANDARD"), (await TierAsync(ann, 2), await TierAsync(ann, 3)));
        Assert.True((await ann.PostAsync("/v1/audit:verify", new { })).GetProperty("intact").GetBoolean());
        Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task A_lower_threshold_protects_accounts_that_are_in_memory()
    {
        await using var silo = await StartAsync();
        using var ann = new Api(silo, "ann", "admin", "support");
        using var bob = new Api(silo, "bob", "admin");
        using var shop = new Api(silo, "shop", "service");
        await RecordedAsync(ann);
        await FollowedAsync(shop, 1, 1);
        Assert.Equal("STANDARD", await TierAsync(ann, 1));
        var asked = await ann.PostAsync(
            "/v1/policy:propose", new { settings = new[] { new { name = Reach, value = "1" } } });
        var sequence = asked.GetProperty("policy").GetProperty("openProposal").GetProperty("sequence").GetString();
        var done = await bob.PostAsync($"/v1/policy/proposals/{sequence}:approve", new { });
        Assert.Equal("DONE", done.GetProperty("outcome").GetString());
        await UntilAsync(async () => await TierAsync(ann, 1) == "PROTECTED");
    }

    [Fact]
    public async Task What_weakens_waits_for_the_cool_off_of_the_record_whatever_the_settings_say()
    {
        await using (var first = await StartAsync())
        {
            using var kim = new Api(first, "kim", "admin");
            await RecordedAsync(kim);
            await first.StopAsync(cancellationToken: Token);
        }

        await using var silo = await StartAsync(("OPERATORS__POWERCOOLOFF", "00:00:00"));
        using var ann = new Api(silo, "ann", "admin");
        using var bob = new Api(silo, "bob", "admin");
        await RecordedAsync(ann);
        var asked = await ann.PostAsync(
            "/v1/policy:propose", new { settings = new[] { new { name = Reach, value = "2000000" } } });
        var sequence = asked.GetProperty("policy").GetProperty("openProposal").GetProperty("sequence").GetString();
        var approved = await bob.PostAsync($"/v1/policy/proposals/{sequence}:approve", new { });
        Assert.Equal("PENDING", approved.GetProperty("outcome").GetString());
        var waiting = approved.GetProperty("policy").GetProperty("openProposal");
        Assert.Equal("SCHEDULED", waiting.GetProperty("state").GetString());
        Assert.Equal("1000000", ValueOf(await ann.GetAsync("/v1/policy"), Reach));
    }

    // With the settings in its place, damage to the record would weaken what the record protects.
    [Fact]
    public async Task A_forged_entry_weakens_nothing_and_the_silo_does_not_start_on_it()
    {
        await using (var first = await StartAsync())
        {
            using var kim = new Api(first, "kim", "admin");
            await RecordedAsync(kim);
            await first.StopAsync(cancellationToken: Token);
        }

        await ForgeAsync();
        var (exitCode, output) = await SiloProcess.RunToEndAsync(
            new SiloProcessOptions { DataDirectory = _directory.FullPath }, Token);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("AccountGrid did not start", output, StringComparison.Ordinal);
        Assert.Contains("grid/policy", output, StringComparison.Ordinal);
    }

    // Without the record the next start took the settings for it, however weak they were.
    [Theory]
    [InlineData("stream = 'grid/policy'")]
    [InlineData("stream = 'grid/policy' AND sequence > 1")]
    public async Task A_silo_does_not_start_on_a_record_that_lacks_entries_which_it_has_seen(string removed)
    {
        var mark = _directory.File("policy.mark");
        await using (var first = await StartAsync())
        {
            using var kim = new Api(first, "kim", "admin");
            await RecordedAsync(kim);
            await first.StopAsync(cancellationToken: Token);
        }

        await using (var second = await StartAsync(("OPERATORS__MAXHARMS", "7")))
        {
            await UntilAsync(() => Task.FromResult(
                File.Exists(mark) && File.ReadAllText(mark).StartsWith("2 ", StringComparison.Ordinal)));
            await second.StopAsync(cancellationToken: Token);
        }

        await using (var database = new SqliteConnection(
            $"Data Source={_directory.File("accountgrid.db")};Pooling=False"))
        {
            await database.OpenAsync(Token);
            await using var command = database.CreateCommand();
            command.CommandText = $"DROP TRIGGER journal_is_never_cut; DELETE FROM journal WHERE {removed}";
            Assert.NotEqual(0, await command.ExecuteNonQueryAsync(Token));
        }

        var weaker = new SiloProcessOptions
        {
            DataDirectory = _directory.FullPath,
            Environment = new Dictionary<string, string> { ["ACCOUNTGRID__OPERATORS__MAXHARMS"] = "1000" },
        };
        var (exitCode, output) = await SiloProcess.RunToEndAsync(weaker, Token);
        Assert.NotEqual(0, exitCode);
        Assert.Contains($"{mark} knows entry 2", output, StringComparison.Ordinal);

        // A person looked, and decided. The entries were the journal's last ones, which a checkpoint covers.
        File.Delete(mark);
        File.Delete(_directory.File("checkpoints.jsonl"));
        await using var decided = await SiloProcess.StartAsync(weaker, Token);
    }

    private async Task ForgeAsync()
    {
        await using var store = new SqliteStore(
            new SqliteStorageOptions { DataDirectory = _directory.FullPath }, TimeProvider.System);
        await store.OpenAsync(Token);
        var weaker = new PolicyEvent.Tightened([new SettingChange(Reach, "1000000", "9000000000")]);
        Assert.Equal(AppendResult.Appended, await Forgery.AppendAsync(
            store.Journal, StreamId.Policy, new PolicyEventCodec().Encode(weaker),
            static version => new StreamIndexRow.None { Version = version }, mac: default, Token));
    }

    private async Task<SiloProcess> StartAsync(params (string Name, string Value)[] settings) =>
        await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                DataDirectory = _directory.FullPath,
                Environment = settings.ToDictionary(static s => $"ACCOUNTGRID__{s.Name}", static s => s.Value),
            },
            Token);

    private static string ValueOf(JsonElement policy, string name) => policy.GetProperty("settings").EnumerateArray()
        .Single(s => s.GetProperty("name").GetString() == name).GetProperty("value").GetString()!;

    private static async Task<string> TierAsync(Api api, long id) =>
        (await api.GetAsync($"/v1/accounts/{id}")).GetProperty("tier").GetString()!;

    private static async Task<string> HealthAsync(SiloProcess silo)
    {
        using var client = silo.CreateHttpClient();
        using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Token);
        Assert.True(answer.IsSuccessStatusCode);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    /// <summary>Waits until the silo has recorded its settings.</summary>
    internal static Task RecordedAsync(Api api) => UntilAsync(
        async () => (await api.GetAsync("/v1/policy")).GetProperty("version").GetString() != "0");

    private static async Task<JsonElement> TightenedAsync(Api api, string name, string value)
    {
        await UntilAsync(async () => ValueOf(await api.GetAsync("/v1/policy"), name) == value);
        return await api.GetAsync("/v1/policy");
    }

    private static async Task FollowedAsync(Api shop, long id, int followers)
    {
        await shop.RegisterAsync(id);
        for (var follower = 101; follower < 101 + followers; follower++)
        {
            await shop.PutAsync($"/v1/accounts/{id}/followers/{follower}");
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Token);
        }
    }
}
