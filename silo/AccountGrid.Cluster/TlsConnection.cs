using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Cluster;

/// <summary>Puts TLS between a connection and whatever uses it. Both sides show a certificate; a peer that does not belong here gets no further. Thread-safe.</summary>
/// <param name="next">Uses the secured connection.</param>
/// <param name="isServer">Whether peers connect to us.</param>
/// <param name="own">Our certificate.</param>
/// <param name="policy">Makes the rules for a peer's chain.</param>
/// <param name="names">The names of which a peer must carry one; the first is what we ask for.</param>
/// <param name="clock">Measures the patience with a handshake.</param>
/// <param name="log">Where refused peers are named.</param>
internal sealed partial class TlsConnection(
    ConnectionDelegate next, bool isServer, SslStreamCertificateContext own, Func<X509ChainPolicy> policy, IReadOnlyList<string> names, TimeProvider clock, ILogger<TlsConnection> log)
{
    /// <summary>How long a handshake may take: as long as opening a connection may take between silos.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A record of TLS is at most so long.</summary>
    private const int RecordLength = 16 * 1024;

    /// <summary>Runs a connection to its end.</summary>
    public async Task RunAsync(ConnectionContext connection)
    {
        var bare = connection.Transport;
        var check = new PeerCheck(names);
        await using var inner = new DuplexStream(bare);
        await using var tls = new SslStream(inner, leaveInnerStreamOpen: true);
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, connection.ConnectionClosed);
        try
        {
            await HandshakeAsync(tls, check, either.Token);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            var why = check.Refusal ?? (patience.IsCancellationRequested ? $"it did not finish the handshake within {Patience.TotalSeconds} s" : e.Message);
            Refused(log, connection.RemoteEndPoint, why);
            connection.Abort(new ConnectionAbortedException(why));
            throw new ConnectionAbortedException(why, e);
        }

        await UseAsync(connection, bare, tls);
    }

    private Task HandshakeAsync(SslStream tls, PeerCheck check, CancellationToken cancellationToken)
    {
        // Older versions are off whatever the system allows. A resumed session would pass the check of the certificate by, and connections here are few and long.
        const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;
        RemoteCertificateValidationCallback judge = (_, certificate, chain, errors) => check.Admits(certificate, chain, errors);
        return isServer
            ? tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = own,
                    ClientCertificateRequired = true,
                    CertificateChainPolicy = policy(),
                    RemoteCertificateValidationCallback = judge,
                    EnabledSslProtocols = Versions,
                    AllowTlsResume = false,
                    AllowRenegotiation = false,
                },
                cancellationToken)
            : tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = names[0],
                    ClientCertificateContext = own,
                    CertificateChainPolicy = policy(),
                    RemoteCertificateValidationCallback = judge,
                    EnabledSslProtocols = Versions,
                    AllowTlsResume = false,
                    AllowRenegotiation = false,
                },
                cancellationToken);
    }

    private async Task UseAsync(ConnectionContext connection, IDuplexPipe bare, SslStream tls)
    {
        var input = PipeReader.Create(tls, new StreamPipeReaderOptions(bufferSize: RecordLength, minimumReadSize: RecordLength / 4, leaveOpen: true));
        var output = PipeWriter.Create(tls, new StreamPipeWriterOptions(minimumBufferSize: RecordLength, leaveOpen: true));
        connection.Transport = new SecuredPipe(input, output);
        try
        {
            await next(connection);
        }
        finally
        {
            await input.CompleteAsync();
            await output.CompleteAsync();

            // Closed by whoever opened it.
            connection.Transport = bare;
        }
    }

    private sealed record SecuredPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    [LoggerMessage(3301, LogLevel.Warning, "A connection of the cluster with {Peer} was refused: {Why}")]
    private static partial void Refused(ILogger logger, EndPoint? peer, string why);
}
