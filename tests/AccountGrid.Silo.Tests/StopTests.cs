using System.Net.Sockets;
using System.Text;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

public sealed class StopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_in_flight_at_SIGTERM_is_answered_kept_and_under_the_last_checkpoint()
    {
        await using var silo = await SiloProcess.StartAsync(cancellationToken: Token);
        using (var web = new Api(silo, "web", "service"))
        {
            await web.RegisterAsync(1);
        }

        using (var kim = new Api(silo, "kim", "support"))
        {
            await PolicyTests.RecordedAsync(kim);
        }

        // Half a request: in flight for certain, for as long as this test wants.
        const string Body = """{"reason":"SPAM","note":"in flight"}""";
        using var connection = new TcpClient();
        await connection.ConnectAsync(silo.Http.Host, silo.Http.Port, Token);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/accounts/1:deactivate HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {silo.Token("kim", "support")}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body[..10]}"), Token);
        silo.Terminate();
        await UntilRefusedAsync(silo.Http);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Body[10..]), Token);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Token);

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("DEACTIVATED", answer, StringComparison.Ordinal);
        Assert.Equal(0, await silo.WaitForExitAsync(TimeSpan.FromSeconds(60), Token));

        // Policy, enrolment, registration and deactivation: the last checkpoint came after the last of them.
        var lines = await File.ReadAllLinesAsync(Path.Combine(silo.DataDirectory, "checkpoints.jsonl"), Token);
        Assert.Contains("\"position\":4,", lines[^1], StringComparison.Ordinal);
        await silo.RestartAsync(Token);
        using var again = new Api(silo, "web", "service");
        Assert.Equal("DEACTIVATED", await again.StatusAsync(1));
    }

    [Fact]
    public async Task Without_anything_to_drain_is_quick_silent_and_leaves_the_directory_free()
    {
        await using var silo = await SiloProcess.StartAsync(cancellationToken: Token);
        var printed = silo.Output.Count;
        Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
        Assert.Equal(printed, silo.Output.Count);
        await silo.RestartAsync(Token);
    }

    [Fact]
    public async Task Ends_event_streams_rather_than_wait_for_them()
    {
        await using var silo = await SiloProcess.StartAsync(cancellationToken: Token);
        using var client = silo.CreateHttpClient(silo.Token("web", "service"));
        using var events =
            await client.GetAsync(
                new Uri("/v1/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Token);
        events.EnsureSuccessStatusCode();
        Assert.Equal(0, await silo.StopAsync(TimeSpan.FromSeconds(20), Token));
    }

    [Fact]
    public async Task By_kill_loses_nothing_that_was_acknowledged()
    {
        await using var silo = await SiloProcess.StartAsync(cancellationToken: Token);
        using (var web = new Api(silo, "web", "service"))
        {
            for (var id = 1; id <= 20; id++)
            {
                await web.RegisterAsync(id);
            }
        }

        await silo.KillAsync();
        await silo.RestartAsync(Token);
        using var again = new Api(silo, "web", "service");
        for (var id = 1; id <= 20; id++)
        {
            Assert.Equal("ACTIVE", await again.StatusAsync(id));
        }
    }

    [Fact]
    public async Task A_suspension_whose_end_passes_while_everything_is_down_is_lifted_at_the_next_start_by_the_system()
    {
        await using var silo = await SiloProcess.StartAsync(cancellationToken: Token);
        using (var web = new Api(silo, "web", "service"))
        {
            await web.RegisterAsync(1);
        }

        var until = TimeProvider.System.GetUtcNow().AddSeconds(4);
        using (var kim = new Api(silo, "kim", "support"))
        {
            await kim.PostAsync("/v1/accounts/1:suspend", new { reason = "SPAM", until = until.ToString("O") });
            Assert.Equal("SUSPENDED", await kim.StatusAsync(1));
        }

        await silo.KillAsync();
        var left = until - TimeProvider.System.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, Token);
        await silo.RestartAsync(Token);

        using var auditor = new Api(silo, "ann", "auditor", "support");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await auditor.StatusAsync(1) != "ACTIVE")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }

        var last = (await auditor.GetAsync("/v1/accounts/1/journal?pageSize=1")).GetProperty("entries")[0];
        Assert.Equal("hold-lifted", last.GetProperty("type").GetString());
        Assert.Equal("SYSTEM", last.GetProperty("actor").GetProperty("kind").GetString());
    }

    /// <summary>Until no new connection is taken: the stop has begun.</summary>
    private static async Task UntilRefusedAsync(Uri address)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(address.Host, address.Port, patience.Token);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }
}
