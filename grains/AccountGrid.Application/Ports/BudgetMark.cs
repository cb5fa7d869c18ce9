using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The budget that a harmful entry counts against, so that budgets and undo are derived from the journal.
/// </summary>
/// <param name="By">The person or the service whose budget it is: the proposer.</param>
/// <param name="ApprovedBy">The second person.</param>
/// <param name="Reach">Followers charged; 0 where a second person approved.</param>
public sealed record BudgetMark(Actor By, OperatorId? ApprovedBy, long Reach)
{
    /// <summary>
    /// No operator id has a slash, so that a service is never taken for a person of the same subject.
    /// </summary>
    private const string ServicePrefix = "svc/";

    /// <summary>The mark of a person.</summary>
    public BudgetMark(OperatorId person, OperatorId? approvedBy, long reach)
        : this(Actor.Operator(person), approvedBy, reach)
    {
    }

    /// <summary><see cref="By"/> as stores keep it: an operator's id, or <c>svc/</c> and a service's subject.</summary>
    public string ByText => TextOf(By);

    /// <summary>A person or a service as stores keep it.</summary>
    public static string TextOf(Actor by)
    {
        ArgumentNullException.ThrowIfNull(by);
        return by.Kind == ActorKind.Service ? ServicePrefix + by.Subject : by.Subject;
    }

    /// <summary>Reads what <see cref="TextOf"/> wrote; <c>null</c> where it is neither.</summary>
    public static Actor? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isService = text.StartsWith(ServicePrefix, StringComparison.Ordinal);
        return OperatorId.TryParse(isService ? text[ServicePrefix.Length..] : text, out var id)
            ? isService ? Actor.Service(id.Value) : Actor.Operator(id)
            : null;
    }
}
