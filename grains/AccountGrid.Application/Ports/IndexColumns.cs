using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>An index row column by column, as text, so that a value that no account can have is shown too.</summary>
/// <param name="Version">The column <c>version</c>.</param>
/// <param name="Values">The other columns by name; <c>null</c> = NULL. Truth values are 0 and 1.</param>
public sealed record IndexColumns(long Version, ImmutableSortedDictionary<string, string?> Values)
{
    private const string FreezePending = "freeze_pending";

    /// <summary>Whether a stored freeze_pending of 0 is right as well: see the row.</summary>
    private bool FlagMayBeMissing { get; init; }

    /// <summary>The columns that belong to a row.</summary>
    public static IndexColumns Of(StreamIndexRow row) => row switch
    {
        StreamIndexRow.Account a => OfAccount(
            a.Version, a.Handle, (long)a.Status, a.Designated ? 1 : 0, a.ProposalSequence, a.ProposedBy?.Value,
            a.DueAt is { } due ? Microseconds.Of(due) : null),
        StreamIndexRow.Operator o => OfOperator(o.Version, o.FreezePending ? 1 : 0) with
        {
            FlagMayBeMissing = o.IsFlaggedForEndOnly,
        },
        _ => throw new InvalidOperationException($"Unknown index row {row.GetType().Name}."),
    };

    /// <summary>The columns of an account's row.</summary>
    public static IndexColumns OfAccount(
        long version, string? handle, long? status, long? designated, long? proposal, string? proposedBy,
        long? dueAt) => new(version, Columns(
            ("handle", handle), ("status", Text(status)), ("designated", Text(designated)),
            ("proposal", Text(proposal)), ("proposed_by", proposedBy), ("due_at", Text(dueAt))));

    /// <summary>The columns of an operator's row.</summary>
    public static IndexColumns OfOperator(long version, long? freezePending) =>
        new(version, Columns((FreezePending, Text(freezePending))));

    /// <summary>The columns in which a stored row differs from this one.</summary>
    public ImmutableArray<string> DifferencesOf(IndexColumns stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return [.. Values.Where(v => !string.Equals(v.Value, stored.Values.GetValueOrDefault(v.Key),
            StringComparison.Ordinal)).Select(static v => v.Key)
            .Where(name => !FlagMayBeMissing || name != FreezePending || stored.Values[name] != "0")];
    }

    private static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static ImmutableSortedDictionary<string, string?> Columns(params (string Name, string? Value)[] columns) =>
        columns.ToImmutableSortedDictionary(static c => c.Name, static c => c.Value, StringComparer.Ordinal);
}
