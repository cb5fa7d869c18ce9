using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Tells an account's incidents from its whole journal, page by page.</summary>
internal static class IncidentReader
{
    /// <summary>The incidents, oldest first.</summary>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    public static async Task<ImmutableArray<Incident>> ReadAsync(
        AccountId account, AccountServices services, CancellationToken cancellationToken)
    {
        var stream = StreamId.Of(account);
        var report = new IncidentReport(account);
        var page = services.Limits.JournalPage;
        for (var next = 1L; ;)
        {
            var entries = await services.Journal.ReadAsync(stream, next, page, cancellationToken);
            foreach (var entry in entries)
            {
                Add(report, services.Codec.Decode(entry));
            }

            if (entries.Length < page)
            {
                return report.ToIncidents();
            }

            next = entries[^1].Sequence + 1;
        }
    }

    private static void Add(IncidentReport report, Recorded<AccountEvent> entry)
    {
        try
        {
            report.Add(entry);
        }
        catch (InvalidOperationException e)
        {
            throw new JournalDamagedException($"Entry {entry.Sequence} cannot follow the ones before it.", e);
        }
    }
}
