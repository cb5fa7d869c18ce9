namespace AccountGrid.Cluster;

/// <summary>
/// TLS on every connection between the processes of a cluster, by certificate on both sides. All three files, or none.
/// <see cref="ClusterTls.Load"/> checks them.
/// </summary>
public sealed class TlsSettings
{
    /// <summary>
    /// A PEM file: this process' certificate first, then those between it and the authority, if any. <c>null</c> = no
    /// TLS.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the certificate's private key, not encrypted; only its owner may read it.</summary>
    public string? Key { get; set; }

    /// <summary>
    /// A PEM file with the certificates of the authorities that sign for this cluster, at least one. No other authority
    /// counts, not even the system's.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>
    /// The DNS name that a silo's certificate must carry as a subject alternative name. Default
    /// <c>accountgrid-silo</c>.
    /// </summary>
    public string SiloName { get; set; } = "accountgrid-silo";

    /// <summary>
    /// The same for a gateway that is a process of its own; a certificate with <see cref="SiloName"/> will do too.
    /// Default <c>accountgrid-gateway</c>.
    /// </summary>
    public string GatewayName { get; set; } = "accountgrid-gateway";
}
