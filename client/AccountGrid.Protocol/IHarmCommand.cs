using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.V1;

/// <summary>The fields that all harmful commands on an account have.</summary>
public interface IHarmCommand : IAccountCommand
{
    /// <summary>When to do it; <c>null</c> for now.</summary>
    Timestamp? At { get; }

    /// <summary>Whether it is refused, rather than proposed, where it needs a second person.</summary>
    bool DirectOnly { get; }
}
