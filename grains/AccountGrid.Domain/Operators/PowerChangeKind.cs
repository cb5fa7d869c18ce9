namespace AccountGrid.Domain;

/// <summary>The sort of a change to a person's power. Numbers are stored.</summary>
public enum PowerChangeKind
{
    /// <summary>Roles, name, directory identity and end of authority are set.</summary>
    Enroll = 1,

    /// <summary>Authority ends at an instant.</summary>
    Offboard = 2,
}
