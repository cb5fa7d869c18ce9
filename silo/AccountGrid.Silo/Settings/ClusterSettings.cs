using AccountGrid.Cluster;

namespace AccountGrid.Silo;

/// <summary>Where a silo stands among others.</summary>
public sealed class ClusterSettings
{
    /// <summary>
    /// Silos with the same id on the same database are one cluster. 1 to 100 characters; default <c>accountgrid</c>.
    /// </summary>
    public string Id { get; set; } = "accountgrid";

    /// <summary>
    /// The IP address at which the other silos reach this one, and on which it listens for them. Default 127.0.0.1: all
    /// on one machine.
    /// </summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>
    /// After how many missed probes, one a second, a silo is declared dead and its accounts are served elsewhere. 1 to
    /// 10; default 3. Fewer are faster after a crash and cost a silo that is only slow its place: see silo/README.md.
    /// </summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>
    /// Whether any address but loopback is allowed without <see cref="Tls"/>. Then the network must keep strangers out,
    /// because connections between silos are neither encrypted nor authenticated.
    /// </summary>
    public bool TrustNetwork { get; set; }

    /// <summary>TLS between silos, and on the port for Orleans clients of other processes.</summary>
    public TlsSettings Tls { get; set; } = new();
}
