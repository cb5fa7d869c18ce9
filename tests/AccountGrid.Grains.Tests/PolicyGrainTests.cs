using System.Collections.Immutable;
using System.Net;
using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Metadata;

namespace AccountGrid.Grains.Tests;

/// <summary>The policy record over several silos.</summary>
public sealed class PolicyGrainTests : IAsyncLifetime
{
    private TestGrid _grid = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IPolicyGrain Record => _grid.Grains.GetGrain<IPolicyGrain>(0);

    public async ValueTask InitializeAsync() => _grid = await TestGrid.StartAsync(silos: 2);

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task The_first_silo_records_its_settings_and_the_others_follow_what_two_admins_adopt()
    {
        await TickAsync();
        var recorded = await Record.GetAsync(Token);
        Assert.Equal(
            (1, "1000"),
            (recorded.Version, recorded.Values.Single(static v => v.Name == "Accounts:ProtectedReach").Value));

        await _grid.EnrollAsync("ann");
        await _grid.EnrollAsync("bob");
        var asked = await ExecuteAsync("ann", new PolicyInput.Propose([new("Accounts:ProtectedReach", "2000")], ""));
        Assert.Equal(Outcome.Pending, asked.Outcome);
        var approve = new PolicyInput.Approve(asked.ProposalSequence!.Value, null, "");
        Assert.Equal(Outcome.Pending, (await ExecuteAsync("bob", approve)).Outcome);
        await TickAsync();
        Assert.Equal((1_000, 1_000), (InForce(0).ProtectedReach, InForce(1).ProtectedReach));

        // The end of the cool-off needs no request.
        _grid.Clock.Advance(TimeSpan.FromHours(1));
        await TickAsync();
        await TickAsync();
        Assert.Equal((2_000, 2_000), (InForce(0).ProtectedReach, InForce(1).ProtectedReach));
        Assert.Null((await Record.GetAsync(Token)).Proposal);
        Assert.Equal(1, await _grid.ActivationsAsync(nameof(PolicyGrain)));
    }

    [Fact]
    public async Task A_restarted_activation_reads_the_record_again()
    {
        await TickAsync();
        await _grid.EnrollAsync("ann");
        await ExecuteAsync("ann", new PolicyInput.Propose([new("Accounts:ProtectedReach", "2000")], "why"));
        await _grid.DeactivateAllAsync();
        var pending = (await Record.GetAsync(Token)).Proposal!;
        Assert.Equal(("why", "ann"), (pending.Note, pending.ProposedBy));
    }

    [Fact]
    public async Task While_a_silo_of_the_version_before_is_a_member_nothing_is_recorded()
    {
        var services = _grid.Services();
        var mixed = new Manifests(services.GetRequiredService<IClusterManifestProvider>());
        var watch = new PolicyWatch(
            services.GetRequiredService<PolicyFollower>(), _grid.Grains, mixed, NullLogger<PolicyWatch>.Instance);
        await watch.TickAsync(Token);
        Assert.Equal(0, (await Record.GetAsync(Token)).Version);
        Assert.Equal(1_000, InForce(0).ProtectedReach);

        // It goes, and the next round records.
        mixed.HasOlder = false;
        await watch.TickAsync(Token);
        Assert.Equal(1, (await Record.GetAsync(Token)).Version);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_and_read_later()
    {
        await TickAsync();
        await _grid.DeactivateAllAsync();
        _grid.Journal.ReadFailure = static s => s == StreamId.Policy
            ? new StorageUnavailableException("read", null, isTransient: true, outcomeUnknown: false)
            : null;
        var refused = await Assert.ThrowsAsync<GrainRefusedException>(() => Record.GetAsync(Token));
        Assert.Equal(RefusalReason.StorageUnavailable, refused.Refusal.Reason);
        await TickAsync();
        Assert.Equal(1_000, InForce(0).ProtectedReach);
        _grid.Journal.ReadFailure = static _ => null;
        Assert.Equal(1, (await Record.GetAsync(Token)).Version);
    }

    private AccountPolicy InForce(int silo) => _grid.Services(silo).GetRequiredService<PolicyInForce>().Accounts;

    /// <summary>A second of every silo.</summary>
    private async Task TickAsync()
    {
        for (var silo = 0; silo < 2; silo++)
        {
            await _grid.Services(silo).GetRequiredService<PolicyWatch>().TickAsync(Token);
        }
    }

    private Task<PolicyReply> ExecuteAsync(string admin, PolicyInput command) =>
        Record.ExecuteAsync(command, Callers.Staff(admin), Token);

    /// <summary>The cluster's manifest with a silo in it that hosts no policy grain.</summary>
    private sealed class Manifests(IClusterManifestProvider real) : IClusterManifestProvider
    {
        public bool HasOlder { get; set; } = true;

        public ClusterManifest Current => HasOlder
            ? new(real.Current.Version, real.Current.Silos.Add(
                SiloAddress.New(IPAddress.Loopback, 1, 1),
                new GrainManifest(
                    ImmutableDictionary<GrainType, GrainProperties>.Empty,
                    ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty)))
            : real.Current;

        public IAsyncEnumerable<ClusterManifest> Updates => real.Updates;

        public GrainManifest LocalGrainManifest => real.LocalGrainManifest;
    }
}
