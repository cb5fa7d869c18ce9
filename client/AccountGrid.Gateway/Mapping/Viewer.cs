namespace AccountGrid.Gateway.Mapping;

/// <summary>
/// For whom a message is made. Services see kind, beginning, end and reason code of a hold, and no person, note, ticket
/// or proposal of others.
/// </summary>
internal enum Viewer
{
    /// <summary>A service, and a caller without any role.</summary>
    Service,

    /// <summary>A person with a staff role, who sees everything.</summary>
    Staff,
}
