namespace AccountGrid.Grains;

/// <summary>
/// The names by which the parts of a process know each other's spans. Spans of the application have the same attributes
/// by the same names.
/// </summary>
public static class TraceNames
{
    /// <summary>The source of the gateway's spans.</summary>
    public const string GatewaySource = "AccountGrid.Gateway";

    /// <summary>
    /// Attribute of a gateway's span, the first one: <see cref="CommandRequest"/>, <see cref="FollowRequest"/> or
    /// <see cref="ReadRequest"/>.
    /// </summary>
    public const string RequestKind = "accountgrid.request";

    /// <summary>A request that may append to a journal.</summary>
    public const string CommandRequest = "command";

    /// <summary>A request that brings follows.</summary>
    public const string FollowRequest = "follow";

    /// <summary>A request that changes nothing.</summary>
    public const string ReadRequest = "read";

    /// <summary>Attribute: the account's id.</summary>
    public const string Account = "accountgrid.account";

    /// <summary>Attribute: the command's name.</summary>
    public const string Action = "accountgrid.action";

    /// <summary>Attribute: what became of a command.</summary>
    public const string Outcome = "accountgrid.outcome";

    /// <summary>Attribute: the reason of a refusal.</summary>
    public const string Refusal = "accountgrid.refusal";

    /// <summary>Attribute: who sent it, by the verified token's subject.</summary>
    public const string Actor = "enduser.id";

    /// <summary>Attribute: whether that is a person, a service or the system.</summary>
    public const string ActorKind = "accountgrid.actor.kind";

    /// <summary>The value of <see cref="ActorKind"/> for a person.</summary>
    public const string Person = "operator";

    /// <summary>The span of a group commit; the spans of what it carries link to it, and it to them.</summary>
    public const string Commit = "storage commit";
}
