namespace AccountGrid.Grains;

/// <summary>
/// Registers accounts: an append to an empty journal, decided by the fence, without an activation of the account. Key
/// 0.
/// </summary>
[Alias("ag.IRegistrarGrain")]
public interface IRegistrarGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Registers an account. The same request id with the same body answers as before; anything else that exists is
    /// AlreadyExists.
    /// </summary>
    [Alias("Register")]
    Task<CommandReply> RegisterAsync(
        long id, string handle, CallerInfo caller, string? requestId, CancellationToken cancellationToken);

    /// <summary>
    /// Says what <see cref="RegisterAsync"/> would answer now; nothing is written. A method of its own, so that
    /// a silo of a version without it fails the call, and carries nothing out.
    /// </summary>
    [Alias("Validate")]
    Task<CommandReply> ValidateAsync(
        long id, string handle, CallerInfo caller, string? requestId, CancellationToken cancellationToken);
}
