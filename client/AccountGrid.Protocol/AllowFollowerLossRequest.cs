namespace AccountGrid.V1;

/// <inheritdoc/>
public sealed partial class AllowFollowerLossRequest : IAccountCommand;
