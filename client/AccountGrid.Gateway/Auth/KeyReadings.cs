using System.Collections.Immutable;
using Prometheus;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Counts and logs how one source of signing keys was read. Sources are read again and again, so that a line is logged
/// only where something differs from the reading before. Not thread-safe.
/// </summary>
internal sealed partial class KeyReadings(string source, RefusalLog refusals, ILogger logger)
{
    private static readonly Counter Readings = Metrics.CreateCounter(
        "accountgrid_gateway_key_readings_total",
        "Readings of the keys that verify tokens, by outcome: accepted, refused (the document), failed (no document).",
        ["outcome"],
        new CounterConfiguration { ExemplarBehavior = ExemplarBehavior.NoExemplars() });

    private static readonly Counter.Child AcceptedReadings = Readings.WithLabels("accepted");
    private static readonly Counter.Child RefusedReadings = Readings.WithLabels("refused");
    private static readonly Counter.Child FailedReadings = Readings.WithLabels("failed");
    private ImmutableArray<RefusedKey> _refused = [];
    private string _keyIds = "";
    private string? _fault;

    /// <summary>Shows the outcomes at <c>/metrics</c>, as 0, before anything was read.</summary>
    public static void Show() => _ = AcceptedReadings;

    /// <summary>The document was good, and its keys are in force.</summary>
    public void Accept(KeySet keys)
    {
        AcceptedReadings.Inc();
        var keyIds = string.Join(' ', keys.Usable.Select(static key => key.Kid));
        if (_fault is not null || keyIds != _keyIds)
        {
            LogRead(logger, source, keys.Usable.Length);
        }

        if (!keys.Refused.SequenceEqual(_refused))
        {
            refusals.Report(source, keys.Refused);
        }

        (_keyIds, _refused, _fault) = (keyIds, keys.Refused, null);
    }

    /// <summary>The document was not good, and replaced nothing.</summary>
    /// <param name="why">What is wrong with it; quotes nothing of it.</param>
    public void Refuse(string why)
    {
        RefusedReadings.Inc();
        Say(why);
    }

    /// <summary>There was no document.</summary>
    /// <param name="why">Why it could not be read.</param>
    public void Fail(string why)
    {
        FailedReadings.Inc();
        Say(why);
    }

    private void Say(string why)
    {
        if (_fault != why)
        {
            LogNotRead(logger, source, why);
        }

        _fault = why;
    }

    [LoggerMessage(1, LogLevel.Information, "Read {Count} signing keys from {Source}.")]
    private static partial void LogRead(ILogger logger, string source, int count);

    [LoggerMessage(
        2,
        LogLevel.Error,
        "Cannot read signing keys from {Source} ({Why}); the last valid ones stay in force, if there are any.")]
    private static partial void LogNotRead(ILogger logger, string source, string why);
}
