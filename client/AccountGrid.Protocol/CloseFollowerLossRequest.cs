namespace AccountGrid.V1;

/// <inheritdoc/>
public sealed partial class CloseFollowerLossRequest : IAccountCommand;
