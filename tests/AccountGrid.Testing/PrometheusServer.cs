using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace AccountGrid.Testing;

/// <summary>
/// A Prometheus of this test's own: a free port on loopback, a folder that is removed at the end, exemplars kept.
/// Queried through its HTTP API. Thread-safe. ACCOUNTGRID_NO_PROMETHEUS in the environment hides the program, as on a
/// machine without it.
/// </summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly Lazy<string?> Found = new(static () => IsHidden ? null : ProgramInPath.Find("prometheus"));

    private readonly TempDirectory _directory;
    private readonly RunningProcess _process;
    private readonly HttpClient _client;

    private PrometheusServer(string program, string configurationFile)
    {
        _directory = new TempDirectory();
        var port = LoopbackPort.Free();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Patience };
        _process = new RunningProcess(new ProcessStartInfo(program, [
            $"--config.file={configurationFile}", $"--storage.tsdb.path={_directory.FullPath}",
            $"--web.listen-address=127.0.0.1:{port}",
            "--enable-feature=exemplar-storage", "--log.level=warn",
        ])
        {
            WorkingDirectory = _directory.FullPath,
        });
    }

    /// <summary>Why none can be started here, or <c>null</c> where one can: the reason to skip a test with.</summary>
    public static string? Missing =>
        Found.Value is not null ? null : "Needs Prometheus (Debian's package prometheus) in PATH.";

    /// <summary>Where it listens.</summary>
    public Uri Address => _client.BaseAddress!;

    /// <summary>What it has printed so far: warnings and errors.</summary>
    public IReadOnlyList<string> Output => _process.Output;

    internal static bool IsHidden => Environment.GetEnvironmentVariable("ACCOUNTGRID_NO_PROMETHEUS") is not null;

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <param name="configurationFile">Its configuration; paths in it are relative to the file.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PrometheusServer> StartAsync(
        string configurationFile, CancellationToken cancellationToken = default)
    {
        var server = new PrometheusServer(
            Found.Value ?? throw new InvalidOperationException(Missing), configurationFile);
        try
        {
            await server.WaitUntilAsync(server.IsReadyAsync, static ready => ready, "ready", cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>An expression's value now.</summary>
    public async Task<IReadOnlyList<PrometheusSeries>> QueryAsync(
        string expression, CancellationToken cancellationToken = default) =>
        SeriesOf(await GetAsync("query", [("query", expression)], cancellationToken));

    /// <summary>An expression's values over a time.</summary>
    public async Task<IReadOnlyList<PrometheusSeries>> QueryRangeAsync(
        string expression, DateTimeOffset from, DateTimeOffset until, TimeSpan step,
        CancellationToken cancellationToken = default) =>
        SeriesOf(await GetAsync(
            "query_range",
            [("query", expression), ("start", Write(from)), ("end", Write(until)),
                ("step", step.TotalSeconds.ToString(CultureInfo.InvariantCulture))],
            cancellationToken));

    /// <summary>The exemplars of the series that an expression reads.</summary>
    public async Task<IReadOnlyList<PrometheusExemplar>> QueryExemplarsAsync(
        string expression, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        var data = await GetAsync(
            "query_exemplars", [("query", expression), ("start", Write(from)), ("end", Write(until))],
            cancellationToken);
        return
        [
            .. from series in data.EnumerateArray()
               from exemplar in series.GetProperty("exemplars").EnumerateArray()
               select new PrometheusExemplar(LabelsOf(series.GetProperty("seriesLabels")),
                   LabelsOf(exemplar.GetProperty("labels")), Number(exemplar.GetProperty("value"))),
        ];
    }

    /// <summary>The alerts that are pending or firing now.</summary>
    public async Task<IReadOnlyList<PrometheusAlert>> AlertsAsync(CancellationToken cancellationToken = default) =>
    [
        .. (await GetAsync("alerts", [], cancellationToken)).GetProperty("alerts").EnumerateArray()
            .Select(static alert => new PrometheusAlert(
            LabelsOf(alert.GetProperty("labels")), LabelsOf(alert.GetProperty("annotations")),
            alert.GetProperty("state").GetString()!)),
    ];

    /// <summary>Every rule, as it was read and last evaluated.</summary>
    public async Task<IReadOnlyList<PrometheusRule>> RulesAsync(CancellationToken cancellationToken = default) =>
    [
        .. from ruleGroup in (await GetAsync("rules", [], cancellationToken)).GetProperty("groups").EnumerateArray()
           from rule in ruleGroup.GetProperty("rules").EnumerateArray()
           select new PrometheusRule(
               rule.GetProperty("name").GetString()!,
               rule.GetProperty("type").GetString() == "alerting",
               rule.GetProperty("query").GetString()!,
               rule.TryGetProperty("labels", out var labels) ? LabelsOf(labels) : new Dictionary<string, string>(),
               rule.TryGetProperty("annotations", out var annotations)
                   ? LabelsOf(annotations)
                   : new Dictionary<string, string>(),
               rule.GetProperty("health").GetString()!,
               rule.TryGetProperty("lastError", out var error) ? error.GetString()! : ""),
    ];

    /// <summary>What it scrapes, and how that went the last time.</summary>
    public async Task<IReadOnlyList<PrometheusTarget>> TargetsAsync(CancellationToken cancellationToken = default) =>
    [
        .. (await GetAsync("targets", [("state", "active")], cancellationToken)).GetProperty("activeTargets")
            .EnumerateArray().Select(static target => new PrometheusTarget(
            LabelsOf(target.GetProperty("labels")), target.GetProperty("health").GetString()!,
            target.GetProperty("lastError").GetString()!)),
    ];

    /// <summary>Asks again and again until the answer is as it should be.</summary>
    /// <returns>That answer.</returns>
    /// <exception cref="TimeoutException">It never was.</exception>
    public async Task<T> WaitUntilAsync<T>(
        Func<CancellationToken, Task<T>> ask, Func<T, bool> condition, string what, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            for (; ; await Task.Delay(Poll, patience.Token))
            {
                if (await ask(patience.Token) is var answer && condition(answer))
                {
                    return answer;
                }

                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"Prometheus ended. It printed:\n{string.Join('\n', Output)}");
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Not within {Patience}: {what}. Prometheus printed:\n{string.Join('\n', Output)}");
        }
    }

    /// <summary>Ends it and removes what it stored.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.GetAsync(new Uri("/-/ready", UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<JsonElement> GetAsync(
        string what, (string Name, string Value)[] parameters, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(parameters.Select(static p => KeyValuePair.Create(p.Name, p.Value)));
        var query = await form.ReadAsStringAsync(cancellationToken);
        using var response =
            await _client.GetAsync(new Uri($"/api/v1/{what}?{query}", UriKind.Relative), cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        using var answer = JsonDocument.Parse(text);
        return answer.RootElement.GetProperty("status").GetString() == "success"
            ? answer.RootElement.GetProperty("data").Clone()
            : throw new InvalidOperationException($"{what} {string.Join(' ', parameters)}: {text}");
    }

    private static IReadOnlyList<PrometheusSeries> SeriesOf(JsonElement data)
    {
        var result = data.GetProperty("result");
        return data.GetProperty("resultType").GetString() switch
        {
            "scalar" => [new PrometheusSeries(new Dictionary<string, string>(), [SampleOf(result)])],
            "vector" =>
                [.. result.EnumerateArray()
                    .Select(static s =>
                        new PrometheusSeries(LabelsOf(s.GetProperty("metric")), [SampleOf(s.GetProperty("value"))]))],
            "matrix" => [.. result.EnumerateArray().Select(static s => new PrometheusSeries(
                LabelsOf(s.GetProperty("metric")), [.. s.GetProperty("values").EnumerateArray().Select(SampleOf)]))],
            var other => throw new InvalidOperationException($"Prometheus answered with a {other}."),
        };
    }

    private static double SampleOf(JsonElement pair) => Number(pair[1]);

    /// <summary>Prometheus writes sample values as text, because JSON knows neither NaN nor infinity.</summary>
    private static double Number(JsonElement value) => value.GetString() switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var text => double.Parse(text!, CultureInfo.InvariantCulture),
    };

    private static Dictionary<string, string> LabelsOf(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(static l => l.Name, static l => l.Value.GetString()!);

    private static string Write(DateTimeOffset at) =>
        (at.ToUnixTimeMilliseconds() / 1000.0).ToString(CultureInfo.InvariantCulture);
}
