using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// Refusals to their wire form, and infrastructure failures to refusals: nothing but values leaves a grain.
/// </summary>
internal static class RefusalMapping
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static RefusalInfo ToInfo(this Refusal refusal) =>
        new(refusal.Reason, refusal.Message, refusal.Field, refusal.RetryAfter);

    public static Refusal ToRefusal(this RefusalInfo info) =>
        new(info.Reason, info.Message, info.Field, info.RetryAfter);

    public static CommandReply ToReply(this Refusal refusal, AccountInfo? account = null) =>
        new(Outcome.Refused, account, null, refusal.ToInfo());

    /// <summary>The answer to a read that is refused.</summary>
    public static Answer<T> ToAnswer<T>(this Refusal refusal)
        where T : class => new(null, refusal.ToInfo());

    /// <summary>
    /// What a caller is told about a failure that is not its fault; <c>null</c> for anything that is not such a failure
    /// (a bug, a cancellation).
    /// </summary>
    public static Refusal? OfFailure(Exception failure) => failure switch
    {
        StorageOverloadedException e => Refusal.Overloaded(e.What, e.RetryAfter),
        StorageUnavailableException e => new(
            RefusalReason.StorageUnavailable,
            e.OutcomeUnknown
                ? "The store did not answer: the outcome is unknown. Send the same requestId again to learn it."
                : "The store is unavailable; nothing was done.",
            RetryAfter: e.IsTransient || e.OutcomeUnknown ? RetryAfter : null),
        JournalDamagedException or UnknownFormatException => new(
            RefusalReason.StorageUnavailable,
            "The journal behind this is damaged; it is out of service until an engineer has repaired it."),
        GrainRefusedException e => e.Refusal.ToRefusal(),
        _ => null,
    };

    /// <summary>Whether a failure means that the stored journal cannot be trusted, which raises an alert.</summary>
    public static bool IsDamage(Exception failure) => failure is JournalDamagedException or UnknownFormatException;
}
