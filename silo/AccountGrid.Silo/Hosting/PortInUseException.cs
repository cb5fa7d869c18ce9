using System.Net;

namespace AccountGrid.Silo;

/// <summary>A port for the other processes of a cluster is taken; nothing was opened.</summary>
/// <param name="address">The address and the port.</param>
/// <param name="option">The option of the command line that sets the port.</param>
internal sealed class PortInUseException(IPEndPoint address, string option) : Exception(
    $"Failed to bind to address {address}: address already in use. "
    + $"Choose another port with {option}; 0 takes any free one.");
