using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>
/// The register of operators as a whole; key 0. One turn at a time over the whole cluster, so that a change which
/// depends on all records (is this the last one who can heal?) is written before the next one is decided. Admins make
/// such changes rarely.
/// </summary>
[Alias("ag.IRegisterGrain")]
public interface IRegisterGrain : IGrainWithIntegerKey
{
    /// <summary>Carries out one command on one operator's record when its turn comes.</summary>
    [Alias("Execute")]
    Task<OperatorReply> ExecuteAsync(
        string person, OperatorInput command, CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>
    /// Enrols the first admins, where the register has none. Safe to repeat.
    /// </summary>
    /// <param name="founders">At least two subjects, none of which may be the same person as another.</param>
    /// <param name="digest">SHA-256 over the list, lower-case hex.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many were enrolled by this call.</returns>
    [Alias("Found")]
    Task<int> FoundAsync(ImmutableArray<string> founders, string digest, CancellationToken cancellationToken);
}
