using System.Buffers;
using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Grains;
using AccountGrid.JsonContract;

namespace AccountGrid.Gateway.Validation;

/// <summary>
/// Reads the filters of the listings. An unknown field is refused, so that a typing error never widens an answer.
/// </summary>
internal static class Filters
{
    private const string Name = "filter";
    private static readonly SearchValues<char> TypeCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary><c>status = SUSPENDED AND tier = PROTECTED AND handle = "pre*"</c>.</summary>
    public static AccountFilterInput Accounts(ref FieldChecks checks, string filter)
    {
        AccountStatus? status = null;
        Tier? tier = null;
        string? prefix = null;
        foreach (var term in FilterParser.Parse(ref checks, filter))
        {
            switch (term)
            {
                case { Field: "status", Operator: "=" }:
                    status = OneOf(ref checks, term, Enums.Status);
                    break;
                case { Field: "tier", Operator: "=" }:
                    tier = OneOf(ref checks, term, Enums.Tiers);
                    break;
                case { Field: "handle", Operator: "=", Value: [.. var start, '*'] }
                    when TextRules.Handle(start) is null:
                    prefix = start;
                    break;
                case { Field: "handle", Operator: "=" }:
                    checks.Add(Name, "takes handle as a prefix of A-Z a-z 0-9 _ and a star, such as handle = \"pre*\"");
                    break;
                default:
                    Unknown(ref checks, term, "status = , tier = , handle = ");
                    break;
            }
        }

        return new AccountFilterInput(status, tier, prefix);
    }

    /// <summary>
    /// <c>stream = "a/1" AND actor = "kim" AND type = "hold-placed" AND at &gt;= "..." AND at &lt; "..."</c>.
    /// </summary>
    public static AuditFilterInput Audit(ref FieldChecks checks, string filter)
    {
        string? stream = null;
        string? actor = null;
        string? type = null;
        DateTimeOffset? since = null;
        DateTimeOffset? until = null;
        foreach (var term in FilterParser.Parse(ref checks, filter))
        {
            switch (term)
            {
                case { Field: "stream", Operator: "=" }:
                    stream = Valid(
                        ref checks,
                        term,
                        StreamId.TryParse(term.Value, out _),
                        "a/ and an account id, or op/ and an operator id");
                    break;
                case { Field: "actor", Operator: "=" }:
                    actor = Valid(ref checks, term, OperatorId.TryParse(term.Value, out _), "a token's subject");
                    break;
                case { Field: "type", Operator: "=" }:
                    type = Valid(ref checks, term, IsTypeName(term.Value), "an event's name such as hold-placed");
                    break;
                case { Field: "at", Operator: ">=" }:
                    since = TimeOf(ref checks, term);
                    break;
                case { Field: "at", Operator: "<" }:
                    until = TimeOf(ref checks, term);
                    break;
                default:
                    Unknown(ref checks, term, "stream = , actor = , type = , at >= , at < ");
                    break;
            }
        }

        return new AuditFilterInput(stream, actor, type, since, until);
    }

    /// <summary><c>proposed_by = "kim"</c>.</summary>
    public static string? Proposals(ref FieldChecks checks, string filter)
    {
        string? proposedBy = null;
        foreach (var term in FilterParser.Parse(ref checks, filter))
        {
            if (term is { Field: "proposed_by" or "proposedBy", Operator: "=" })
            {
                proposedBy = Valid(ref checks, term, OperatorId.TryParse(term.Value, out _), "a token's subject");
            }
            else
            {
                Unknown(ref checks, term, "proposed_by = ");
            }
        }

        return proposedBy;
    }

    private static TDomain? OneOf<TDomain, TProto>(
        ref FieldChecks checks, FilterTerm term, EnumMap<TDomain, TProto> known)
        where TDomain : struct, Enum
        where TProto : struct, Enum
    {
        var value = known.Parse(term.Value);
        if (value is null)
        {
            checks.Add(Name, $"takes {term.Field} as one of {known.Names}");
        }

        return value;
    }

    private static DateTimeOffset? TimeOf(ref FieldChecks checks, FilterTerm term)
    {
        if (Rfc3339.TryRead(term.Value, out var at, out _))
        {
            return Microseconds.Truncate(at.ToDateTimeOffset());
        }

        checks.Add(Name, "takes at as an RFC 3339 time such as \"2026-01-02T03:04:05Z\"");
        return null;
    }

    private static bool IsTypeName(string value) =>
        value.Length is > 0 and <= 64 && !value.AsSpan().ContainsAnyExcept(TypeCharacters);

    private static string? Valid(ref FieldChecks checks, FilterTerm term, bool isValid, string rule)
    {
        if (isValid)
        {
            return term.Value;
        }

        checks.Add(Name, $"takes {term.Field} as {rule}");
        return null;
    }

    private static void Unknown(ref FieldChecks checks, FilterTerm term, string known)
    {
        var field = term.Field.Length > 40 ? term.Field[..40] : term.Field;
        checks.Add(Name, $"does not know {field} {term.Operator}; it knows {known.TrimEnd()}");
    }
}
