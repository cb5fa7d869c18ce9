using System.Security.Cryptography;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Testing;

namespace AccountGrid.Conformance;

/// <summary>
/// A writer to the database can compute the public hash chain, and still cannot append an entry that a silo believes.
/// </summary>
public abstract class MacSuite(StoreFixture fixture) : StoreSuite(fixture), IDisposable
{
    private static readonly AccountId Account = new(25073877);

    private readonly TempDirectory _directory = new();
    private readonly World _world = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
        _world.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_a_silo_wrote_is_believed_and_audited()
    {
        using var silo = Silo();
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await FillAsync(silo);
        Assert.Equal(AccountStatus.Deactivated, (await silo.LoadAsync(Account, Stop)).View.State.Status);
        await IntactAsync(silo);
    }

    [Fact]
    public async Task A_forged_entry_without_a_MAC_is_neither_believed_nor_signed_and_the_audit_names_it()
    {
        using var silo = Silo();
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await FillAsync(silo);
        var signed = (await silo.CheckpointAsync(Stop)).Made!.Position;
        await silo.ForgeAsync(Account, default, Stop);
        await Assert.ThrowsAsync<JournalDamagedException>(() => silo.LoadAsync(Account, Stop));
        await Assert.ThrowsAsync<CheckpointRefusedException>(() => silo.CheckpointAsync(Stop));
        var problem = await FirstAsync(silo, AuditProblemKind.MacMissing);
        Assert.Equal((StreamId.Of(Account).Value, 3, signed + 1),
            (problem.Stream, problem.Sequence, problem.Position));

        // By public means alone it cannot be told from a true one: that is what the key is for.
        Assert.True((await silo.AuditAsync(Stop, withMacs: false)).IsIntact);
    }

    [Fact]
    public async Task The_MAC_of_another_entry_does_not_help()
    {
        using var silo = Silo();
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await FillAsync(silo);
        var true1 = (await Store.Journal.ReadCommittedAsync(StreamId.Of(Account), 1, 1, Stop))[0];
        Assert.Equal(JournalMacs.Length, true1.Mac.Length);
        await silo.ForgeAsync(Account, true1.Mac, Stop);
        await Assert.ThrowsAsync<JournalDamagedException>(() => silo.LoadAsync(Account, Stop));
        await Assert.ThrowsAsync<CheckpointRefusedException>(() => silo.CheckpointAsync(Stop));
        Assert.Equal(3, (await FirstAsync(silo, AuditProblemKind.MacWrong)).Sequence);
    }

    [Fact]
    public async Task A_MAC_that_is_taken_away_is_missed()
    {
        var tamper = Tamper();
        using var silo = Silo();
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await FillAsync(silo);
        await tamper.ExecuteAsync($"UPDATE journal SET mac = NULL WHERE stream = '{StreamId.Of(Account).Value}'");
        await Assert.ThrowsAsync<JournalDamagedException>(() => silo.LoadAsync(Account, Stop));
        Assert.Equal(1, (await FirstAsync(silo, AuditProblemKind.MacMissing)).Sequence);
    }

    [Fact]
    public async Task A_place_before_the_first_gives_no_leave()
    {
        var tamper = Tamper();
        using var silo = Silo();
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await FillAsync(silo);
        await silo.ForgeAsync(Account, default, Stop);
        await tamper.ExecuteAsync("UPDATE journal SET position = -5 WHERE mac IS NULL");
        await Assert.ThrowsAsync<JournalDamagedException>(() => silo.LoadAsync(Account, Stop));
        Assert.False((await silo.AuditAsync(Stop)).IsIntact);
    }

    [Fact]
    public async Task A_database_of_before_opens_and_gets_its_boundary_behind_a_checkpoint()
    {
        using (var older = Silo(withMacs: false))
        {
            await FillAsync(older);
            Assert.All(await CommittedAsync(), static e => Assert.True(e.Mac.IsEmpty));
        }

        using var silo = Silo();
        Assert.Equal(AccountStatus.Deactivated, (await silo.LoadAsync(Account, Stop)).View.State.Status);
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await IntactAsync(silo);
        Assert.Null((await (await silo.LoadAsync(Account, Stop)).ExecuteAsync(
            new(World.Restore(), World.Person("lee"), "up"), Stop)).Refusal);
        await IntactAsync(silo);
        await silo.ForgeAsync(Account, default, Stop);
        await Assert.ThrowsAsync<JournalDamagedException>(() => silo.LoadAsync(Account, Stop));
        Assert.Equal(4, (await FirstAsync(silo, AuditProblemKind.MacMissing)).Sequence);
    }

    [Fact]
    public async Task While_silos_of_the_version_before_append_there_is_no_boundary_and_nothing_fails()
    {
        using var silo = Silo();
        await FillAsync(silo);
        await silo.CheckpointAsync(Stop);
        using (var older = Silo(withMacs: false))
        {
            Assert.Null((await (await older.LoadAsync(Account, Stop)).ExecuteAsync(
                new(World.Restore(), World.Person("lee"), "up"), Stop)).Refusal);
        }

        var covered = (await Store.Checkpoints.ReadLastAsync(Stop))!.Checkpoint.Position;
        Assert.False(await silo.Boundaries.MakeAsync(covered, Stop));
        Assert.Equal(AccountStatus.Active, (await silo.LoadAsync(Account, Stop)).View.State.Status);
        await IntactAsync(silo);
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        Assert.Equal(AccountStatus.Active, (await silo.LoadAsync(Account, Stop)).View.State.Status);
    }

    [Fact]
    public async Task A_boundary_that_was_made_elsewhere_is_learnt_before_an_entry_without_a_MAC_is_believed()
    {
        using var elsewhere = new TempDirectory();
        using var one = Silo();
        using var two = new MacRig(Store, elsewhere, _world, _key);
        await FillAsync(two);
        Assert.True(await one.DrawBoundaryAsync(Stop));
        await two.ForgeAsync(Account, default, Stop);
        await Assert.ThrowsAsync<JournalDamagedException>(() => two.LoadAsync(Account, Stop));
    }

    [Fact]
    public async Task A_boundary_that_is_removed_from_the_store_still_holds_and_is_missed()
    {
        var tamper = Tamper();
        using (var before = Silo())
        {
            Assert.True(await before.DrawBoundaryAsync(Stop));
            await FillAsync(before);
        }

        await tamper.ExecuteAsync("DELETE FROM mac_boundary");
        using var silo = Silo();
        await silo.Boundaries.OpenAsync(Stop);
        Assert.True(silo.Boundaries.Macs.HasOwnBoundary);
        await silo.ForgeAsync(Account, default, Stop);
        await Assert.ThrowsAsync<JournalDamagedException>(() => silo.LoadAsync(Account, Stop));
        var result = await silo.AuditAsync(Stop);
        Assert.Contains(result.Problems, static p => p.Kind == AuditProblemKind.MacBoundaryBroken);
    }

    [Fact]
    public async Task A_boundary_that_no_silo_signed_moves_nothing_and_is_named()
    {
        var tamper = Tamper();
        using var silo = Silo();
        await FillAsync(silo);
        await tamper.ExecuteAsync(
            $"""
            INSERT INTO mac_boundary (position, at, key_id, signature)
            SELECT 1000, 0, '{CheckpointKeys.IdOf(_key)}', hash FROM journal WHERE position = 1
            """);
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await silo.ForgeAsync(Account, default, Stop);
        await Assert.ThrowsAsync<JournalDamagedException>(() => silo.LoadAsync(Account, Stop));
        Assert.Contains((await silo.AuditAsync(Stop)).Problems,
            static p => p is { Kind: AuditProblemKind.MacBoundaryBroken, Position: 1000 });
    }

    [Fact]
    public async Task After_a_planned_change_of_the_key_old_entries_verify_under_the_old_one()
    {
        using (var before = Silo())
        {
            Assert.True(await before.DrawBoundaryAsync(Stop));
            await FillAsync(before);
        }

        using var silo = new MacRig(Store, _directory, _world, _other, _key);
        await silo.Boundaries.OpenAsync(Stop);
        Assert.Equal(AccountStatus.Deactivated, (await silo.LoadAsync(Account, Stop)).View.State.Status);
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        Assert.Null((await (await silo.LoadAsync(Account, Stop)).ExecuteAsync(
            new(World.Restore(), World.Person("lee"), "up"), Stop)).Refusal);
        await IntactAsync(silo);

        // A silo that still has the old key takes the new one's entries, because it was told of the new one before.
        using var late = new MacRig(Store, _directory, _world, _key, _other);
        Assert.Equal(AccountStatus.Active, (await late.LoadAsync(Account, Stop)).View.State.Status);
    }

    [Fact]
    public async Task After_the_loss_of_the_key_old_entries_stand_by_a_checkpoint_of_the_new_one()
    {
        using (var before = Silo())
        {
            Assert.True(await before.DrawBoundaryAsync(Stop));
            await FillAsync(before);
        }

        using var publicPart = ECDsa.Create(_key.ExportParameters(includePrivateParameters: false));
        using var silo = new MacRig(Store, _directory, _world, _other, publicPart);
        await silo.Boundaries.OpenAsync(Stop);
        Assert.Equal(AccountStatus.Deactivated, (await silo.LoadAsync(Account, Stop)).View.State.Status);
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await IntactAsync(silo);

        // The lost key gives no power any more.
        var lost = JournalMacs.From(_key);
        await silo.ForgeAsync(Account, lost.Of((await CommittedAsync())[^1].Entry), Stop);
        await Assert.ThrowsAsync<JournalDamagedException>(() => silo.LoadAsync(Account, Stop));
        await FirstAsync(silo, AuditProblemKind.MacWrong);
    }

    [Fact]
    public async Task A_silo_with_a_key_that_the_others_do_not_know_does_not_start()
    {
        using (var before = Silo())
        {
            Assert.True(await before.DrawBoundaryAsync(Stop));
        }

        using var elsewhere = new TempDirectory();
        using var stranger = new MacRig(Store, elsewhere, _world, _other);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => stranger.Boundaries.OpenAsync(Stop));
        Assert.Contains(CheckpointKeys.IdOf(_key), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_carries_the_MACs()
    {
        using var silo = Silo();
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await FillAsync(silo);
        using var file = new MemoryStream();
        await StoreExport.RunAsync(Store.Audit, file, _world.Clock, Stop);
        var lines = Encoding.UTF8.GetString(file.ToArray()).Split('\n');
        foreach (var committed in await CommittedAsync())
        {
            var hex = Convert.ToHexStringLower(committed.Mac.Span);
            Assert.Single(lines, l => l.Contains($"\"mac\":\"{hex}\"", StringComparison.Ordinal));
        }
    }

    private ITamper Tamper()
    {
        Assert.SkipWhen(Fixture.Tamper is null, "This kind of store has no way in.");
        return Fixture.Tamper;
    }

    /// <summary>A silo over the store; the one of the version before writes no MACs.</summary>
    private MacRig Silo(bool withMacs = true) => new(Store, _directory, _world, _key) { WritesMacs = withMacs };

    /// <summary>Two people, and an account with two entries that is down.</summary>
    private async Task FillAsync(MacRig silo)
    {
        await _world.EnrollAsync("kim");
        await _world.EnrollAsync("lee");
        await silo.RegisterAsync(Account, Stop);
        var account = await silo.LoadAsync(Account, Stop);
        Assert.Null(
            (await account.ExecuteAsync(new(World.Deactivate(), World.Person("kim"), "down"), Stop)).Refusal);
    }

    private async Task<IReadOnlyList<CommittedEntry>> CommittedAsync() =>
        await Store.Journal.ReadCommittedAsync(StreamId.Of(Account), 1, 100, Stop);

    private static async Task IntactAsync(MacRig silo)
    {
        var result = await silo.AuditAsync(Stop);
        Assert.True(result.IsIntact, result.First?.Message);
    }

    private static async Task<AuditProblem> FirstAsync(MacRig silo, AuditProblemKind kind)
    {
        var result = await silo.AuditAsync(Stop);
        Assert.False(result.IsIntact);
        Assert.Equal(kind, result.First!.Kind);
        return result.First;
    }
}
