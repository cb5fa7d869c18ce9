using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public sealed class JournaledStreamTests
{
    private static readonly OperatorId Kim = OperatorId.Parse("kim");
    private static readonly Caller Root = World.Person("root", Roles.Admin);

    private static EntryFacts FactsOf(World world) => new(world.Clock.GetUtcNow(), Root.Actor, null, null, "");

    private static ImmutableArray<OperatorEvent> Enrolled(string name = "kim") =>
        [new OperatorEvent.Enrolled(Roles.Support, name, null)];

    public sealed class Append
    {
        // Three copies of this had begun to differ: failed registrations were not measured, and only accounts reported
        // an unknown outcome.
        [Theory]
        [InlineData("account", AppendFault.Unavailable, "failed")]
        [InlineData("account", AppendFault.UnknownNotWritten, "unknown")]
        [InlineData("account", AppendFault.Overloaded, "failed")]
        [InlineData("registration", AppendFault.Unavailable, "failed")]
        [InlineData("registration", AppendFault.UnknownWritten, "unknown")]
        [InlineData("registration", AppendFault.Overloaded, "failed")]
        [InlineData("operator", AppendFault.Unavailable, "failed")]
        [InlineData("operator", AppendFault.UnknownWritten, "unknown")]
        [InlineData("operator", AppendFault.Overloaded, "failed")]
        public Task Is_measured_by_its_outcome_whatever_is_appended(string stream, AppendFault fault, string result) =>
            OneThread.RunAsync(async () =>
            {
                using var world = new World();
                await world.EnrollAsync("kim");
                await world.RegisterAsync();
                var account = await world.ActivateAsync();
                var kim = await world.Desk.OfAsync(Kim);
                await world.EnrollAsync("root", Roles.Admin);
                using var recording = new Recording(world);
                world.Journal.FailNextAppend(fault);
                try
                {
                    _ = stream switch
                    {
                        "account" =>
                            (object)await account.ExecuteAsync(new(World.Deactivate(), World.Person("kim")), Token),
                        "registration" =>
                            await new AccountRegistrar(world.Accounts).RegisterAsync(
                                new(7), "seven", World.Web, null, Token),
                        _ =>
                            await kim.ExecuteAsync(
                                new OperatorCommand.Offboard(world.Clock.GetUtcNow(), ""), Root, Token),
                    };
                    Assert.Equal(AppendFault.Overloaded, fault);
                }
                catch (StorageUnavailableException e)
                {
                    Assert.Equal(result == "unknown", e.OutcomeUnknown);
                }

                Assert.Equal(result,
                    Assert.Single(recording.Numbers,
                        static n => n.Name == "accountgrid.append.duration").Tags["result=".Length..]);
                var span = Assert.Single(recording.Spans, static s => s.OperationName == "journal.append");
                Assert.Equal((1, result),
                    (span.GetTagItem("accountgrid.journal.entries"), span.GetTagItem("accountgrid.journal.result")));
            });

        [Fact]
        public Task Behind_another_writers_entries_writes_nothing() => OneThread.RunAsync(async () =>
        {
            using var world = new World();
            var (mine, theirs) = (world.Operators.StreamOf(Kim), world.Operators.StreamOf(Kim));
            Assert.NotNull(await theirs.AppendAsync(theirs.Head, Enrolled("theirs"), FactsOf(world), Token));

            Assert.Null(await mine.AppendAsync(mine.Head, Enrolled("mine"), FactsOf(world), Token));
            Assert.Equal(0, mine.Head.Version);
            mine.NoteFenceLost();
            Assert.True(mine is { IsFenced: true, MustReload: true });

            await mine.RefreshAsync(minVersion: 0, maxAge: null, Token);
            Assert.Equal((1, "theirs", false), (mine.Head.Version, mine.Head.State.DisplayName, mine.MustReload));
        });
    }

    public sealed class Refresh
    {
        // An operator's record hid a failed append when a reading that had begun before it ended after it.
        [Fact]
        public Task That_began_before_an_append_failed_is_not_enough() => OneThread.RunAsync(async () =>
        {
            using var world = new World();
            var stream = world.Operators.StreamOf(Kim);
            world.Journal.AfterRead.Arm();
            var reading = stream.RefreshAsync(minVersion: 1, maxAge: null, Token).AsTask();
            await world.Journal.AfterRead.Reached;
            world.Journal.FailNextAppend(AppendFault.UnknownWritten);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => stream.AppendAsync(stream.Head, Enrolled(), FactsOf(world), Token));
            world.Journal.AfterRead.Release();
            await reading;

            Assert.True(stream.MustReload);
            Assert.Equal(0, stream.Head.Version);
            await stream.RefreshAsync(minVersion: 0, maxAge: null, Token);
            Assert.Equal((1, false), (stream.Head.Version, stream.MustReload));
        });

        [Fact]
        public Task Happens_once_the_last_one_is_too_old() => OneThread.RunAsync(async () =>
        {
            using var world = new World();
            var (stream, other) = (world.Operators.StreamOf(Kim), world.Operators.StreamOf(Kim));
            await stream.RefreshAsync(minVersion: 0, TimeSpan.FromSeconds(2), Token);
            await other.AppendAsync(other.Head, Enrolled(), FactsOf(world), Token);
            world.Clock.Advance(TimeSpan.FromSeconds(2));
            await stream.RefreshAsync(minVersion: 0, TimeSpan.FromSeconds(2), Token);
            Assert.Equal(0, stream.Head.Version);

            world.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await stream.RefreshAsync(minVersion: 0, TimeSpan.FromSeconds(2), Token);
            Assert.Equal(1, stream.Head.Version);
        });
    }
}
