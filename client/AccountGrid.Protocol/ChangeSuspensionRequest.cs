using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.V1;

/// <inheritdoc/>
public sealed partial class ChangeSuspensionRequest : IHarmCommand
{
    /// <summary>It is done now or proposed now; a later time is not offered.</summary>
    Timestamp? IHarmCommand.At => null;
}
