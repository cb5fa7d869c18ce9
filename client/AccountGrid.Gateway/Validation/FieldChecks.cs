using System.Buffers;
using System.Globalization;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.JsonContract;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Gateway.Validation;

/// <summary>
/// Checks the fields of one request and collects those that break a rule, so that the answer names all of them.
/// Allocates nothing for a request without faults. The rules are the domain's (<see cref="TextRules"/>, <see
/// cref="Limits"/>); fields have their JSON names.
/// </summary>
internal struct FieldChecks
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private FieldViolations _violations;

    /// <summary>Adds a violation.</summary>
    public void Add(string field, string rule) => _violations.Add(field, rule);

    /// <summary>The error that names everything found so far, or <c>null</c>.</summary>
    public readonly ApiError? Error => _violations.Found is { } found ? ApiError.Invalid(found) : null;

    /// <summary>An account's or follower's id.</summary>
    public void Id(string field, long value)
    {
        if (value <= 0)
        {
            Add(field, "must be a positive 64-bit integer");
        }
    }

    /// <summary>The sequence of a proposal.</summary>
    public void Sequence(long value)
    {
        if (value <= 0)
        {
            Add("sequence", "must be a positive 64-bit integer");
        }
    }

    /// <summary>A number that may be absent (0) but not negative.</summary>
    public void NotNegative(string field, long value)
    {
        if (value < 0)
        {
            Add(field, "must not be negative");
        }
    }

    /// <summary>A handle.</summary>
    public void Handle(string value) => Rule("handle", TextRules.Handle(value));

    /// <summary>
    /// The form of a reason code; which codes there are is the installation's and judged by the domain.
    /// </summary>
    public void Reason(string value) => Rule("reason", TextRules.ReasonForm(value));

    /// <summary>A note.</summary>
    public void Note(string value) => Rule("note", TextRules.Note(value));

    /// <summary>A ticket reference.</summary>
    public void Ticket(string value) => Rule("ticket", TextRules.Ticket(value));

    /// <summary>A name to show.</summary>
    public void DisplayName(string value) => Rule("displayName", TextRules.DisplayName(value));

    /// <summary>The idempotency key; empty is none.</summary>
    public string? RequestId(string value)
    {
        if (value.Length == 0)
        {
            return null;
        }

        Rule("requestId", TextRules.RequestId(value));
        return value;
    }

    /// <summary>The etag's state version; empty is none.</summary>
    public long? Etag(string value)
    {
        if (value.Length == 0)
        {
            return null;
        }

        if (Domain.Etag.TryParse(value, out var version))
        {
            return version;
        }

        Add("etag", "is not one that this server gave");
        return null;
    }

    /// <summary>An operator's id.</summary>
    public OperatorId Operator(string field, string value)
    {
        if (!OperatorId.TryParse(value, out var id))
        {
            Add(field, "must be 1 to 128 characters of A-Z a-z 0-9 . _ - @ : | + beginning with a letter or digit");
        }

        return id;
    }

    /// <summary>A directory's id of a human being; empty is none.</summary>
    public void PersonId(string value)
    {
        if (value.Length > 0)
        {
            Operator("personId", value);
        }
    }

    /// <summary>A proposal's id: about an account, or about an operator's power.</summary>
    public (ProposalId Account, PowerProposalId? Operator) Proposal(string field, string value)
    {
        if (PowerProposalId.TryParse(value, out var aboutOperator))
        {
            return (default, aboutOperator);
        }

        if (!ProposalId.TryParse(value, out var id))
        {
            Add(field, "must be an account id and a sequence, such as 25073877-7, or an operator's, such as kim~7");
        }

        return (id, null);
    }

    /// <summary>A digest as an answer showed it; empty is none.</summary>
    public string? Digest(string value)
    {
        if (value.Length == 0)
        {
            return null;
        }

        if (value.Length != 64 || value.AsSpan().ContainsAnyExcept(HexDigits))
        {
            Add("digest", "must be 64 lower-case hexadecimal digits");
        }

        return value;
    }

    /// <summary>A trace id.</summary>
    public void TraceId(string field, string value)
    {
        if (value.Length != 32 || value.AsSpan().ContainsAnyExcept(HexDigits) || !value.AsSpan().ContainsAnyExcept('0'))
        {
            Add(field, "must be 32 lower-case hexadecimal digits, not all of them 0");
        }
    }

    /// <summary>An instant, cut to the microseconds that journals hold; absent is <c>null</c>.</summary>
    public DateTimeOffset? Time(string field, Timestamp? value)
    {
        if (value is null)
        {
            return null;
        }

        // The range of RFC 3339, years 1 to 9999; anything may come in over gRPC.
        if (value.Seconds is < -62_135_596_800 or > 253_402_300_799 || value.Nanos is < 0 or > 999_999_999)
        {
            Add(field, "must be a time of the years 1 to 9999");
            return null;
        }

        return Microseconds.Truncate(value.ToDateTimeOffset());
    }

    /// <summary>A page of a listing whose entries are ordered by number.</summary>
    public PageOrder<long> PageByNumber(string query, int size, string token) =>
        new(query, PageSize(size), PageTokens.Number(ref this, query, token));

    /// <summary>A page of a listing whose entries are ordered by name.</summary>
    public PageOrder<string> PageByName(string query, int size, string token) =>
        new(query, PageSize(size), PageTokens.Name(ref this, query, token));

    /// <summary>A page size; 0 is the default.</summary>
    public int PageSize(int value)
    {
        if (value is < 0 or > Limits.PageSize)
        {
            Add("pageSize", string.Create(
                CultureInfo.InvariantCulture, $"must be 1 to {Limits.PageSize}, or 0 for {Limits.DefaultPageSize}"));
        }

        return value == 0 ? Limits.DefaultPageSize : value;
    }

    /// <summary>Ends the checks.</summary>
    /// <exception cref="ApiException">There is a violation.</exception>
    public readonly void ThrowIfAny()
    {
        if (Error is { } error)
        {
            throw new ApiException(error);
        }
    }

    private void Rule(string field, string? broken)
    {
        if (broken is not null)
        {
            Add(field, broken);
        }
    }
}
