using AccountGrid.Cluster;

namespace AccountGrid.Gateway.Host;

/// <summary>The connection to the silos.</summary>
public sealed class ClusterConnectionSettings
{
    /// <summary>TLS to the silos; as they have it, or not at all.</summary>
    public TlsSettings Tls { get; set; } = new();
}
