using System.Diagnostics.CodeAnalysis;

namespace AccountGrid.Domain;

/// <summary>
/// Names one journal stream: <c>a/25073877</c> for an account, <c>op/kim</c> for an operator, <c>grid/policy</c> and
/// <c>grid/brake</c> for what concerns the whole grid. Streams sort by ordinal comparison of this text, in every store.
/// </summary>
public readonly record struct StreamId
{
    private const string AccountPrefix = "a/";
    private const string OperatorPrefix = "op/";
    private const string GridPrefix = "grid/";
    private readonly string? _value;

    private StreamId(string value) => _value = value;

    /// <summary>The journal of the policy.</summary>
    public static StreamId Policy { get; } = new(GridPrefix + "policy");

    /// <summary>The journal of the brake over the grid.</summary>
    public static StreamId Brake { get; } = new(GridPrefix + "brake");

    /// <summary>The text form.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default(StreamId)</c>.</exception>
    public string Value => _value ?? throw new InvalidOperationException("default(StreamId) names no stream.");

    /// <summary>The journal of an account.</summary>
    public static StreamId Of(AccountId account) => new(string.Concat(AccountPrefix, account.ToString()));

    /// <summary>The journal of an operator.</summary>
    public static StreamId Of(OperatorId person) => new(string.Concat(OperatorPrefix, person.Value));

    /// <summary>Reads a stream id as a store holds it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StreamId id)
    {
        var known = text is not null
            && ((text.StartsWith(AccountPrefix, StringComparison.Ordinal)
            && AccountId.TryParse(text[AccountPrefix.Length..], out _))
                || (text.StartsWith(OperatorPrefix, StringComparison.Ordinal)
                    && OperatorId.TryParse(text[OperatorPrefix.Length..], out _))
                || text == Policy.Value || text == Brake.Value);
        id = known ? new StreamId(text!) : default;
        return known;
    }

    /// <summary>Whether this is an account's journal, and whose.</summary>
    public bool IsAccount(out AccountId account)
    {
        account = default;
        return Value.StartsWith(AccountPrefix, StringComparison.Ordinal)
            && AccountId.TryParse(Value[AccountPrefix.Length..], out account);
    }

    /// <summary>Whether this is an operator's journal, and whose.</summary>
    public bool IsOperator(out OperatorId person)
    {
        person = default;
        return Value.StartsWith(OperatorPrefix, StringComparison.Ordinal)
            && OperatorId.TryParse(Value[OperatorPrefix.Length..], out person);
    }

    /// <summary>Whether this is a journal about the whole grid, which has no index row.</summary>
    public bool IsOfGrid => Value.StartsWith(GridPrefix, StringComparison.Ordinal);

    /// <summary>The text form.</summary>
    public override string ToString() => _value ?? "";
}
