using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccountGrid.Cluster;

/// <summary>Decides whether the peer of one connection belongs to the cluster.</summary>
/// <param name="names">The names of which the peer's certificate must carry one.</param>
internal sealed class PeerCheck(IReadOnlyList<string> names)
{
    /// <summary>Why the peer was refused, or <c>null</c>.</summary>
    public string? Refusal { get; private set; }

    /// <summary>
    /// Judges the result of our chain policy. The name is checked here on both sides:
    /// TLS itself checks a server's only, and takes a name with a wildcard for every silo.
    /// </summary>
    public bool Validate(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = certificate is not X509Certificate2 shown ? "it shows no certificate"
            : (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None
                ? $"its certificate {shown.Subject} does not hold: {Describe(chain)}"
            : WhyNotNamed(shown, names) is { } wrong ? $"its certificate {shown.Subject} {wrong}"
            : null;
        return Refusal is null;
    }

    /// <summary>What is wrong with the names of a certificate, or <c>null</c>.</summary>
    /// <remarks>
    /// Letter by letter, unlike a host name: <see cref="X509Certificate2.MatchesHostname"/> ignores the case.
    /// </remarks>
    public static string? WhyNotNamed(X509Certificate2 certificate, IReadOnlyList<string> names)
    {
        try
        {
            return certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(static extension => extension.EnumerateDnsNames())
                .Any(carried => names.Contains(carried, StringComparer.Ordinal))
                    ? null
                    : $"does not carry the name {string.Join(" or ", names)}";
        }
        catch (CryptographicException)
        {
            return "has names that cannot be read";
        }
    }

    /// <summary>What is wrong with a chain.</summary>
    public static string Describe(X509Chain? chain) => chain is { ChainStatus.Length: > 0 }
        ? string.Join(", ", chain.ChainStatus.Select(static s => s.Status).Distinct())
        : "it leads to no authority of this cluster";
}
