using AccountGrid.Cluster;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>What is found wrong with the files before anything is opened.</summary>
public sealed class TlsSettingsTests : IDisposable
{
    private readonly TestAuthority _authority = new("ours");
    private readonly TestAuthority _stranger = new("theirs");

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public void Nothing_configured_is_no_TLS() => Assert.Null(ClusterTls.Load(new TlsSettings(), isSilo: true));

    [Fact]
    public void Everything_right_is_taken()
    {
        Assert.NotNull(ClusterTls.Load(_authority.Issue("accountgrid-silo"), isSilo: true));
        Assert.NotNull(ClusterTls.Load(_authority.Issue("accountgrid-gateway"), isSilo: false));
        Assert.NotNull(ClusterTls.Load(_authority.Issue("accountgrid-silo"), isSilo: false));
    }

    [Fact]
    public void A_part_without_the_others_is_named()
    {
        var settings = _authority.Issue("accountgrid-silo");
        settings.Key = "";
        Refused("Key must name a file", settings);
        settings = _authority.Issue("accountgrid-silo");
        settings.Authority = null;
        Refused("Authority must name a file", settings);
    }

    [Fact]
    public void A_key_that_others_may_read_is_refused()
    {
        var settings = _authority.Issue("accountgrid-silo");
        File.SetUnixFileMode(settings.Key!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Refused("may be read by others", settings);
    }

    [Fact]
    public void Files_that_hold_something_else_are_named()
    {
        var settings = _authority.Issue("accountgrid-silo");
        settings.Key = _authority.Issue("accountgrid-silo").Key;
        Refused("Key ", settings);
        settings = _authority.Issue("accountgrid-silo");
        settings.Certificate = settings.Key;
        Refused("Certificate ", settings);
        settings = _authority.Issue("accountgrid-silo");
        settings.Authority = "/nowhere.pem";
        Refused("Authority cannot be read", settings);
    }

    [Fact]
    public void A_certificate_that_the_peers_would_refuse_is_refused_at_home()
    {
        var foreign = _stranger.Issue("accountgrid-silo");
        foreign.Authority = _authority.File;
        Refused("does not lead to the Authority", foreign);
        Refused("does not lead to the Authority: NotTimeValid", _authority.Issue("accountgrid-silo", isExpired: true));
        Refused("does not carry the name accountgrid-silo", _authority.Issue("accountgrid-gateway"));
        Refused("does not carry the name accountgrid-silo", _authority.Issue("*"));

        // It was once taken for the name, although the rule says letter by letter.
        Refused("does not carry the name accountgrid-silo", _authority.Issue("ACCOUNTGRID-SILO"));
        Refused("does not carry the name accountgrid-gateway or accountgrid-silo", _authority.Issue("somebody"),
            isSilo: false);
    }

    private static void Refused(string why, TlsSettings settings, bool isSilo = true) =>
        Assert.Contains(why, Assert.Throws<InvalidDataException>(() => ClusterTls.Load(settings, isSilo)).Message,
            StringComparison.Ordinal);
}
