using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Tests.Harness;
using AccountGrid.Testing;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Gateway.Tests.Auth;

/// <summary>A key set file replaces good keys only by good ones.</summary>
public sealed class KeyFileTests
{
    // {"keys":[]} replaced good keys, and every token was refused from then on.
    [Theory]
    [MemberData(nameof(KeyDocuments.Bad), MemberType = typeof(KeyDocuments))]
    public async Task A_bad_document_replaces_nothing_and_is_logged_and_counted(string document, string why)
    {
        using var directory = new TempDirectory();
        using var good = new SigningKey("good");
        using var next = new SigningKey("next");
        var path = directory.File("jwks.json");
        good.WriteJwks(path);
        var clock = new SteppedClock();
        using var logs = new LogShelf();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(logs));
        var file = new JwksFile(
            path, KeyFileHost.Issuer, ["ES256", "RS256"], clock,
            new RefusalLog(clock, factory.CreateLogger<RefusalLog>()), factory.CreateLogger<JwksFile>());
        file.Require();
        Assert.Equal(["good"], await KeyIdsAsync());

        var before = await KeyDocuments.CountAsync("refused");
        SigningKey.Replace(path, document);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["good"], await KeyIdsAsync());
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["good"], await KeyIdsAsync());
        Assert.True(await KeyDocuments.CountAsync("refused") >= before + 2);
        var line = Assert.Single(logs.Lines);
        Assert.Contains("Cannot read signing keys", line, StringComparison.Ordinal);
        Assert.Contains(why, line, StringComparison.Ordinal);

        next.WriteJwks(path);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["next"], await KeyIdsAsync());

        async Task<IEnumerable<string>> KeyIdsAsync()
        {
            Assert.True(await file.PrepareAsync("good", TestContext.Current.CancellationToken));
            return (await file.GetConfigurationAsync(TestContext.Current.CancellationToken)).SigningKeys
                .Select(static key => key.KeyId);
        }
    }

    [Fact]
    public async Task A_document_without_a_usable_key_stops_the_start()
    {
        using var directory = new TempDirectory();
        SigningKey.Replace(directory.File("jwks.json"), """{"keys":[]}""");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => KeyFileHost.StartAsync(directory));
        Assert.Contains("Gateway:Auth:JwksFile", failure.ToString(), StringComparison.Ordinal);
    }
}
