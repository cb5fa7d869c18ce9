namespace AccountGrid.Gateway.Auth;

/// <summary>The kind of a method, which decides whether its requests are traced.</summary>
internal enum RequestKind
{
    /// <summary>Changes nothing; nearly all requests. Recorded only where the caller asks for it.</summary>
    Read,

    /// <summary>May append to a journal; always recorded.</summary>
    Command,

    /// <summary>Brings follows, at high rate. Recorded only where the caller asks for it.</summary>
    Follow,
}
