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
}
