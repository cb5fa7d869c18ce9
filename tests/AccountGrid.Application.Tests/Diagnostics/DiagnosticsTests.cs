using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public sealed class DiagnosticsTests
{
    private static readonly Caller Kim = World.Person("kim");

    private static Task InWorld(Func<World, AccountProcessor, Recording, Task> test, ProcessorLimits? limits = null) =>
        OneThread.RunAsync(async () =>
        {
            using var world = new World(limits);
            await world.EnrollAsync("kim");
            await world.RegisterAsync();
            var account = await world.ActivateAsync();
            using var recording = new Recording(world);
            await test(world, account, recording);
        });

    [Fact]
    public Task A_command_is_one_span_with_its_parts_below_and_its_trace_is_in_the_journal() =>
        InWorld(async (world, account, recording) =>
        {
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            var root = Assert.Single(recording.Spans, s => s.OperationName == "account.execute");
            Assert.Equal(
                ["accountgrid.account=25073877", "accountgrid.action=deactivate", "accountgrid.actor.kind=operator",
                    "accountgrid.outcome=done", "enduser.id=kim"],
                root.TagObjects.Select(t => $"{t.Key}={t.Value}").Order(StringComparer.Ordinal));
            Assert.Equal(
                ["account.decide", "account.queue", "brake.ask", "journal.append", "operator.ask"],
                recording.Spans.Where(s => s.ParentSpanId == root.SpanId).Select(s => s.OperationName)
                    .Order(StringComparer.Ordinal));
            Assert.Equal(root.TraceId.ToHexString(), world.Journal.Entries(StreamId.Of(World.Account))[^1].TraceId);
        });

    [Fact]
    public Task Follows_that_share_a_transaction_are_linked_to_it_and_it_to_them() =>
        InWorld(async (world, account, recording) =>
        {
            using var caller = world.Diagnostics.Source.StartActivity("caller")!;
            world.Ledger.BeforeApply.Arm();
            var first = account.FollowAsync([new(new AccountId(1), true)], Token);
            await world.Ledger.BeforeApply.Reached;
            var second = account.FollowAsync([new(new AccountId(2), true)], Token);
            var third = account.FollowAsync([new(new AccountId(3), true), new(new AccountId(4), true)], Token);
            world.Ledger.BeforeApply.Release();
            await Task.WhenAll(first, second, third);
            var follows = recording.Spans.Where(static s => s.OperationName == "account.follow")
                .OrderBy(static s => s.StartTimeUtc).ToArray();
            var alone = Assert.Single(
                recording.Spans, s => s.OperationName == "ledger.apply" && s.ParentSpanId == follows[0].SpanId);
            var shared =
                Assert.Single(recording.Spans, s => s.OperationName == "ledger.apply" && s.ParentSpanId == default);
            Assert.Equal((1, 3),
                (alone.GetTagItem("accountgrid.follow.batch.size"),
                    shared.GetTagItem("accountgrid.follow.batch.size")));
            Assert.Equal(follows[1..].Select(static f => f.Context), shared.Links.Select(static l => l.Context));
            Assert.All(follows[1..], f => Assert.Equal(shared.Context, Assert.Single(f.Links).Context));
            Assert.All(follows, f => Assert.Equal(caller.SpanId, f.ParentSpanId));
        });

    [Fact]
    public Task A_decision_is_linked_to_the_request_that_made_the_proposal_or_knows_its_trace() =>
        InWorld(async (world, account, recording) =>
        {
            await world.EnrollAsync("lee");
            world.Ledger.Pretend(World.Account, 41_000_000);
            var protectedAccount = await world.ActivateAsync();
            var proposal =
                (await protectedAccount.ExecuteAsync(new(World.Deactivate(), Kim), Token)).ProposalSequence!.Value;
            await protectedAccount.ExecuteAsync(new(new AccountCommand.Approve(proposal, null, ""), Kim), Token);
            var afterwards = await world.ActivateAsync();
            await afterwards.ExecuteAsync(new(new AccountCommand.Reject(proposal, ""), World.Person("lee")), Token);
            var executed = recording.Spans.Where(static s => s.OperationName == "account.execute").ToArray();
            Assert.Equal(3, executed.Length);
            Assert.Equal(executed[0].Context, Assert.Single(executed[1].Links).Context);
            Assert.Empty(executed[2].Links);
            Assert.All(executed[1..],
                s => Assert.Equal(executed[0].TraceId.ToHexString(), s.GetTagItem("accountgrid.proposal.trace_id")));
        });

    [Fact]
    public Task A_refusal_is_an_answer_and_no_error() => InWorld(async (_, account, recording) =>
    {
        await account.ExecuteAsync(new(World.Deactivate(), World.Person("stranger")), Token);
        var root = Assert.Single(recording.Spans, s => s.OperationName == "account.execute");
        Assert.Equal((ActivityStatusCode.Unset, "refused", "AUTHORITY_ENDED"),
            (root.Status, root.GetTagItem("accountgrid.outcome"), root.GetTagItem("accountgrid.refusal")));
        Assert.Equal(1, recording.Sum("accountgrid.refusals", "action=deactivate reason=AUTHORITY_ENDED"));
        Assert.Equal(1, recording.Sum("accountgrid.commands", "action=deactivate outcome=refused"));
    });

    [Fact]
    public Task An_unknown_outcome_is_an_error() => InWorld(async (world, account, recording) =>
    {
        world.Journal.FailNextAppend(AppendFault.UnknownWritten);
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => account.ExecuteAsync(new(World.Deactivate(), Kim), Token));
        Assert.Equal(ActivityStatusCode.Error,
            Assert.Single(recording.Spans, s => s.OperationName == "account.execute").Status);
        Assert.Equal(1, recording.Sum("accountgrid.commands", "outcome=unknown"));
        Assert.Single(recording.Numbers, n => n is { Name: "accountgrid.append.duration", Tags: "result=unknown" });
    });

    [Fact]
    public Task Waiting_overload_follows_and_fences_are_counted() => InWorld(
        async (world, account, recording) =>
        {
            world.Journal.BeforeAppend.Arm();
            var running = account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            await world.Journal.BeforeAppend.Reached;
            var waiting = account.ExecuteAsync(new(World.Restore(), Kim), Token);
            await account.ExecuteAsync(new(World.Restore(), Kim), Token);
            world.Clock.Advance(TimeSpan.FromSeconds(3));
            world.Journal.BeforeAppend.Release();
            await Task.WhenAll(running, waiting);
            Assert.Equal(1, recording.Sum("accountgrid.queue.refusals", "queue=commands"));
            Assert.Equal(3, recording.Sum("accountgrid.queue.wait"));
            Assert.Equal(6, recording.Sum("accountgrid.command.duration", "outcome=done"));
            Assert.Equal(3, recording.Sum("accountgrid.append.duration", "result=appended"));

            await account.FollowAsync([new(new AccountId(1), true), new(new AccountId(1), true)], Token);
            Assert.Equal((2, 1),
                (recording.Sum("accountgrid.follow.batch.size"), recording.Sum("accountgrid.follows.applied")));

            var rival = await world.ActivateAsync();
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            await rival.ExecuteAsync(new(World.Suspend(world.Clock.GetUtcNow().AddHours(1)), Kim), Token);
            Assert.Equal(1, recording.Sum("accountgrid.fences.lost", "stream=account"));
            await world.ActivateAsync(snapshot: account.CaptureSnapshot() with { Format = 9 });
            Assert.Equal(1, recording.Sum("accountgrid.snapshots.ignored", "cause=format"));
        },
        new ProcessorLimits { QueueDepth = 1 });

    [Fact]
    public Task No_metric_carries_an_id() => InWorld(async (world, account, recording) =>
    {
        await account.ExecuteAsync(new(World.Deactivate(), Kim, "request-1"), Token);
        await account.ExecuteAsync(new(World.Deactivate(), World.Person("stranger")), Token);
        await account.FollowAsync([new(new AccountId(77), true), new(World.Account, true)], Token);
        world.Journal.Tamper(StreamId.Of(World.Account), entries => entries.RemoveAt(0));
        await Assert.ThrowsAsync<JournalDamagedException>(() => world.ActivateAsync());
        Assert.Equal(1, recording.Sum("accountgrid.journals.damaged"));
        var allowed =
            new HashSet<string> { "action", "outcome", "reason", "result", "queue", "stream", "cause", "standing",
                "tier" };
        Assert.All(recording.Numbers, n =>
        {
            Assert.All(n.Tags.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                t => Assert.Contains(t.Split('=')[0], allowed));
            Assert.DoesNotContain(World.Account.ToString(), n.Tags, StringComparison.Ordinal);
            Assert.DoesNotContain("kim", n.Tags, StringComparison.Ordinal);
        });
    });
}
