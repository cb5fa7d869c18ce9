using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What listings are filtered by.</summary>
internal static class FilterMapping
{
    public static AccountFilter ToFilter(this AccountFilterInput input, AccountPolicy policy) =>
        new(input.Status, input.Tier, input.HandlePrefix, policy.ProtectedReach);

    /// <summary>The filter; <c>null</c> where it names a stream that cannot exist, so that nothing can match.</summary>
    public static JournalFilter? ToFilter(this AuditFilterInput input)
    {
        StreamId? stream = null;
        if (input.Stream is not null)
        {
            if (!StreamId.TryParse(input.Stream, out var parsed))
            {
                return null;
            }

            stream = parsed;
        }

        return new(stream, input.Subject, input.Type, input.Since, input.Until);
    }
}
