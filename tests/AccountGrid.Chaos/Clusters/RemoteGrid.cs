using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Workloads;
using Grpc.Net.Client;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// A grid that somebody else runs, and perhaps strikes: addresses, and a key that its tokens are made with.
/// </summary>
internal sealed class RemoteGrid : IGrid
{
    private readonly History _history;
    private readonly Connection _connection;
    private readonly TokenMint _tokens;
    private readonly ImmutableArray<GrpcChannel> _channels;
    private int _epoch = 1;

    /// <summary>Lets the clients in.</summary>
    public RemoteGrid(RemoteGridOptions options, History history, Connection connection)
    {
        (_history, _connection, ConnectionString) = (history, connection, options.ConnectionString);
        _tokens = new TokenMint(options.TokenKey, options.Issuer);
        _channels = [.. options.Addresses.Select(static a => GrpcChannel.ForAddress(a))];
        Publish();
    }

    /// <inheritdoc/>
    public ImmutableArray<Endpoint> Gateways =>
        [.. _channels.Select(c => new Endpoint(_epoch, c.CreateCallInvoker(), c.Target))];

    /// <inheritdoc/>
    public string? ConnectionString { get; }

    /// <inheritdoc/>
    public string Token(string subject, IEnumerable<string> roles) => _tokens.Token(subject, roles);

    /// <inheritdoc/>
    public void EndEpoch()
    {
        _history.Died(_epoch++);
        Publish();
    }

    /// <inheritdoc/>
    public void KeepOutput(string directory)
    {
        // Its processes are somewhere else.
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        _tokens.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Publish()
    {
        foreach (var (place, gateway) in Gateways.Index())
        {
            _connection.Publish(gateway, place);
        }
    }
}

/// <summary>Where a grid is that somebody else runs.</summary>
/// <param name="Addresses">Its gateways (gRPC).</param>
/// <param name="TokenKey">A private key, PEM, whose tokens it believes.</param>
/// <param name="Issuer">The issuer that these tokens name.</param>
/// <param name="ConnectionString">How to read its database, or <c>null</c>.</param>
internal sealed record RemoteGridOptions(
    ImmutableArray<Uri> Addresses, string TokenKey, string Issuer, string? ConnectionString);
