namespace AccountGrid.Gateway.Auth;

/// <summary>How long a method may take.</summary>
internal enum TimeLimit
{
    /// <summary><see cref="GatewayLimitOptions.RequestTimeout"/>.</summary>
    Unary,

    /// <summary><see cref="GatewayLimitOptions.LongRequestTimeout"/>.</summary>
    Long,

    /// <summary>None: either side ends it.</summary>
    Stream,
}
