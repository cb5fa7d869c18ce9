using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>What a command came to.</summary>
internal static class CommandMapping
{
    /// <summary>The outcome of a reply that was not refused.</summary>
    public static V1.Outcome OutcomeOf(CommandReply reply) => reply.Outcome switch
    {
        Outcome.Done => V1.Outcome.Done,
        Outcome.Pending => V1.Outcome.Pending,
        _ => throw new ArgumentOutOfRangeException(nameof(reply), reply.Outcome, "A refused reply has no outcome to show."),
    };

    /// <summary>The account after the command.</summary>
    public static V1.Account? AccountOf(CommandReply reply) => reply.Account is { } account ? AccountMapping.ToProto(account) : null;
}
