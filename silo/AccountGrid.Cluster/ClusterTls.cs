using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccountGrid.KeyFiles;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Connections.Security;

namespace AccountGrid.Cluster;

/// <summary>
/// TLS between the processes of a cluster: this process's certificate, and the authorities and names that a peer's
/// certificate is checked against. Files are read once; new ones count from the next start. Thread-safe.
/// </summary>
/// <remarks>
/// A peer is let in if its certificate leads to one of the configured authorities and no other, is valid now, may be
/// used for its side of TLS where it says what it may be used for, and carries one of the wanted names as a subject
/// alternative name, letter by letter. Revocation is not checked, so that a cluster does not depend on lists and
/// responders to start; short lifetimes, or another authority, take its place.
/// </remarks>
public sealed partial class ClusterTls
{
    /// <summary>How long a handshake may take: as long as opening a connection may take between silos.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    private const int MaxLength = 256 * 1024;
    private const string NoHandshake =
        "the TLS handshake failed: a frame that is none of TLS, the peer refused us or closed, or it took longer than 5 s";

    private readonly SslStreamCertificateContext _own;
    private readonly X509Certificate2Collection _authorities;
    private readonly string _siloName;
    private readonly string _gatewayName;

    private ClusterTls(SslStreamCertificateContext own, X509Certificate2Collection authorities, TlsSettings settings)
    {
        _own = own;
        _authorities = authorities;
        _siloName = settings.SiloName;
        _gatewayName = settings.GatewayName;
    }

    /// <summary>
    /// Reads and checks the files, by the rules that a peer's certificate is held to; opens no connection.
    /// </summary>
    /// <param name="settings">The files and the names.</param>
    /// <param name="isSilo">Whether this process is a silo; else it is a gateway.</param>
    /// <returns>What to secure connections with, or <c>null</c> where nothing is configured.</returns>
    /// <exception cref="InvalidDataException">
    /// Something is wrong; the message begins with the setting's name within the section and holds nothing of a key.
    /// </exception>
    public static ClusterTls? Load(TlsSettings settings, bool isSilo)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (string Name, string? Path)[] files =
        [
            (nameof(settings.Certificate), settings.Certificate),
            (nameof(settings.Key), settings.Key),
            (nameof(settings.Authority), settings.Authority),
        ];
        if (files.All(static f => string.IsNullOrEmpty(f.Path)))
        {
            return null;
        }

        foreach (var (name, path) in files)
        {
            Require(
                !string.IsNullOrEmpty(path), name,
                "must name a file, because TLS is all three: Certificate, Key and Authority");
        }

        Require(IsName(settings.SiloName), nameof(settings.SiloName), "must be a DNS name");
        Require(IsName(settings.GatewayName), nameof(settings.GatewayName), "must be a DNS name");
        var authorities = Certificates(nameof(settings.Authority), settings.Authority!);
        var chain = Certificates(nameof(settings.Certificate), settings.Certificate!);
        using var leaf = chain[0];
        chain.RemoveAt(0);
        using var pair = WithKey(leaf, settings.Key!);

        // Kept with its key in one piece: some platforms cannot use a key beside a certificate in TLS.
        var own = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        var tls = new ClusterTls(SslStreamCertificateContext.Create(own, chain, offline: true), authorities, settings);
        string[] names = isSilo ? [settings.SiloName] : [settings.GatewayName, settings.SiloName];
        var why = tls.WhyNotMine(own, chain, names);
        Require(why is null, nameof(settings.Certificate), why);
        return tls;
    }

    /// <summary>A process that connects must show a silo's certificate.</summary>
    public void AcceptSilos(IConnectionBuilder connections) => Accept(connections, [_siloName]);

    /// <summary>A process that connects must show a gateway's certificate, or a silo's.</summary>
    public void AcceptGateways(IConnectionBuilder connections) => Accept(connections, [_gatewayName, _siloName]);

    /// <summary>The process that is connected to must show a silo's certificate.</summary>
    public void ConnectToSilos(IConnectionBuilder connections)
    {
        LogRefusals(connections, [_siloName]);
        var options = NewOptions();
        options.OnAuthenticateAsClient = (connection, tls) =>
        {
            var client = (SslClientAuthenticationOptions)tls.SslClientAuthenticationOptions;
            client.TargetHost = _siloName;
            client.ClientCertificateContext = _own;
            client.CertificateChainPolicy = ChainPolicy();
            client.RemoteCertificateValidationCallback = CheckOf(connection);
            client.AllowTlsResume = false;
            client.AllowRenegotiation = false;
        };
        connections.UseClientTls(options);
    }

    private void Accept(IConnectionBuilder connections, ImmutableArray<string> names)
    {
        LogRefusals(connections, names);
        var options = NewOptions();
        options.LocalCertificate = _own.TargetCertificate;
        options.OnAuthenticateAsServer = (connection, tls) =>
        {
            var server = (SslServerAuthenticationOptions)tls.SslServerAuthenticationOptions;

            // The callback would choose the certificate without those between it and the authority, which the context
            // holds.
            server.ServerCertificateSelectionCallback = null;
            server.ServerCertificateContext = _own;
            server.ClientCertificateRequired = true;
            server.CertificateChainPolicy = ChainPolicy();
            server.RemoteCertificateValidationCallback = CheckOf(connection);
            server.AllowTlsResume = false;
            server.AllowRenegotiation = false;
        };
        connections.UseServerTls(options);
    }

    /// <summary>
    /// What is the same on both sides. The package's own check of the peer is off, because it is not told which
    /// connection it is about; each connection has a <see cref="PeerCheck"/> instead. Older versions of TLS are off
    /// whatever the system allows. Sessions are not resumed, because that would skip the check, and connections here
    /// are few and long.
    /// </summary>
    private static TlsOptions NewOptions() => new()
    {
        RemoteCertificateMode = RemoteCertificateMode.NoCertificate,
        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        HandshakeTimeout = HandshakeTimeout,
    };

    private static RemoteCertificateValidationCallback CheckOf(ConnectionContext connection)
    {
        var check = connection.Features.GetRequiredFeature<PeerCheck>();
        return (_, certificate, chain, errors) => check.Validate(certificate, chain, errors);
    }

    /// <summary>
    /// Gives each connection its check, and names the peer in the log if the handshake that follows does not succeed.
    /// </summary>
    private static void LogRefusals(IConnectionBuilder connections, ImmutableArray<string> names)
    {
        ArgumentNullException.ThrowIfNull(connections);
        var log = connections.ApplicationServices.GetRequiredService<ILogger<ClusterTls>>();
        connections.Use(next => async connection =>
        {
            var check = new PeerCheck(names);
            connection.Features.Set(check);
            await next(connection);
            if (connection.Features.Get<ITlsHandshakeFeature>() is not { Protocol: not SslProtocols.None })
            {
                Refused(log, connection.RemoteEndPoint, check.Refusal ?? NoHandshake);
            }
        });
    }

    /// <summary>Our authorities alone; nothing is fetched from anywhere.</summary>
    private X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private string? WhyNotMine(X509Certificate2 own, X509Certificate2Collection between, string[] names)
    {
        using var chain = new X509Chain { ChainPolicy = ChainPolicy() };
        chain.ChainPolicy.ExtraStore.AddRange(between);
        return chain.Build(own)
            ? PeerCheck.WhyNotNamed(own, names)
            : $"does not lead to the Authority: {PeerCheck.Describe(chain)}";
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, string path)
    {
        var key = Read(nameof(TlsSettings.Key), path, static file => PrivateFile.Read(file, MaxLength));
        try
        {
            return X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Wrong(nameof(TlsSettings.Key), $"{path} holds no unencrypted private key in PEM of the certificate");
        }
    }

    private static X509Certificate2Collection Certificates(string name, string path)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(Read(name, path, ReadPublic));
        }
        catch (CryptographicException)
        {
            throw Wrong(name, $"{path} holds no certificate in PEM");
        }

        Require(found.Count > 0, name, $"{path} holds no certificate in PEM");
        return found;
    }

    private static string Read(string name, string path, Func<string, string> read)
    {
        try
        {
            return read(path);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{name} {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong(name, $"cannot be read: {e.Message}");
        }
    }

    private static string ReadPublic(string path) => new FileInfo(path).Length <= MaxLength
        ? File.ReadAllText(path)
        : throw new InvalidDataException($"{path} is larger than {MaxLength} bytes.");

    private static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 253 } && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    private static void Require(bool condition, string name, string? rule)
    {
        if (!condition)
        {
            throw Wrong(name, rule!);
        }
    }

    private static InvalidDataException Wrong(string name, string rule) => new($"{name} {rule}.");

    [LoggerMessage(3301, LogLevel.Warning, "A connection of the cluster with {Peer} was refused: {Why}")]
    private static partial void Refused(ILogger logger, EndPoint? peer, string why);
}
