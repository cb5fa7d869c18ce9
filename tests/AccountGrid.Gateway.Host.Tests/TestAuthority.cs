using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccountGrid.Cluster;
using AccountGrid.Testing;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>An authority that signs certificates, and the files in which they are given to processes.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private int _issued;

    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-2), now.AddDays(30));
        File = _directory.File("authority.pem");
        System.IO.File.WriteAllText(File, Pem);
    }

    /// <summary>The authority's certificate in a file.</summary>
    public string File { get; }

    /// <summary>The authority's certificate.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>A file with this authority and another.</summary>
    public string Together(TestAuthority other)
    {
        var file = _directory.File("both.pem");
        System.IO.File.WriteAllText(file, Pem + "\n" + other.Pem);
        return file;
    }

    /// <summary>Signs a certificate for a name.</summary>
    /// <param name="name">The name it carries.</param>
    /// <param name="isExpired">Whether it ended yesterday.</param>
    /// <returns>The settings of a process that shows it.</returns>
    public TlsSettings Issue(string name, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], critical: false));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate =
            request.Create(_certificate, now.AddDays(-2), now.AddDays(isExpired ? -1 : 20),
                RandomNumberGenerator.GetBytes(8));
        var number = ++_issued;
        var settings = new TlsSettings
        {
            Certificate = _directory.File($"{number}.pem"),
            Key = _directory.File($"{number}.key"),
            Authority = File,
        };
        System.IO.File.WriteAllText(settings.Certificate, certificate.ExportCertificatePem());
        var owner = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(settings.Key, owner);
        writer.Write(key.ExportPkcs8PrivateKeyPem());
        return settings;
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _directory.Dispose();
    }
}
