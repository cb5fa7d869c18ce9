namespace AccountGrid.V1;

/// <summary>The fields that all commands on an account have, so that a server checks them in one place.</summary>
public interface IAccountCommand
{
    /// <summary>The account's id.</summary>
    long Id { get; }

    /// <summary>The reason's code.</summary>
    string Reason { get; }

    /// <summary>A note for the journal.</summary>
    string Note { get; }

    /// <summary>A reference to a ticket; empty for none.</summary>
    string Ticket { get; }

    /// <summary>The idempotency key; empty for none.</summary>
    string RequestId { get; }

    /// <summary>The expected etag; empty for any.</summary>
    string Etag { get; }

    /// <summary>Whether it is only said what the command would come to.</summary>
    bool ValidateOnly { get; }
}
