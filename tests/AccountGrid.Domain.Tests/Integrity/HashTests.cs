using System.Security.Cryptography;
using CsCheck;

namespace AccountGrid.Domain.Tests.Integrity;

public sealed class HashTests
{
    private static readonly JournalEntry Entry = new(
        StreamId.Of(new AccountId(1)), 1, DateTimeOffset.UnixEpoch, new(ActorKind.Operator, "kim"), "hold-placed", 1,
        "{}"u8.ToArray(), "", null, null, default);

    public sealed class Canonical_bytes
    {
        [Fact]
        public void They_are_the_documented_ones()
        {
            byte[] expected =
            [
                .. "domain\0"u8,
                0, 0, 0, 0, 0, 0, 0, 7,
                0, 0, 0, 0, 0, 0, 0, 3, .. "aü"u8,
                0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                0, 0, 0, 0, 0, 0, 0, 2, 9, 8,
                0, 0, 0, 0, 0, 0x0F, 0x42, 0x40,
                0x80, 0, 0, 0, 0, 0, 0, 0,
            ];

            var writer = new CanonicalWriter("domain").Add(7).Add("aü").Add((string?)null).Add([9, 8])
                .Add(DateTimeOffset.UnixEpoch.AddSeconds(1)).Add((DateTimeOffset?)null);

            Assert.Equal(expected, writer.ToArray());
            Assert.Equal(SHA256.HashData(expected), writer.Sha256());
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(expected)), writer.Sha256Hex());
        }

        [Fact]
        public void Two_lists_of_texts_never_give_the_same_bytes() =>
            Gen.String[Gen.Char['a', 'c'], 0, 3].Array[3].Select(Gen.String[Gen.Char['a', 'c'], 0, 3].Array[3])
                .Sample((one, other) =>
                one.SequenceEqual(other) == Bytes(one).SequenceEqual(Bytes(other)));

        private static byte[] Bytes(string[] texts) =>
            texts.Aggregate(new CanonicalWriter("d"), (w, t) => w.Add(t)).ToArray();
    }

    public sealed class Entry_hashes
    {
        /// <summary>
        /// Computed once, outside this program (<c>hashlib</c>), from the documented canonical bytes: the format on
        /// disk must never drift.
        /// </summary>
        [Fact]
        public void The_format_is_frozen()
        {
            Assert.Equal("a9d960963b6597e1e76a639da85071b91f2c123f57f1f550362043a7e189864a",
                Convert.ToHexStringLower(EntryHash.Compute(Entry, [])));
            Assert.Equal("01f9d247b33cf647b592f79d540783fea2c77d217b912fc3eb56aa2a32935b3b",
                Convert.ToHexStringLower(EntryHash.Compute(
                Entry with { Sequence = 2, TraceId = "0af7", RequestId = "r1", RequestDigest = "00ff" },
                new byte[32])));
        }

        [Fact]
        public void Every_field_counts()
        {
            JournalEntry[] changed =
            [
                Entry with { Stream = StreamId.Of(new AccountId(2)) }, Entry with { Sequence = 2 }, Entry with
                {
                    At = Entry.At.AddMicroseconds(1),
                },
                Entry with { Actor = Entry.Actor with { Kind = ActorKind.Service } }, Entry with
                {
                    Actor = Entry.Actor with { Subject = "lee" },
                },
                Entry with { Type = "hold-lifted" }, Entry with { TypeVersion = 2 }, Entry with
                {
                    Payload = "{ }"u8.ToArray(),
                }, Entry with { TraceId = "0" },
                Entry with { RequestId = "" }, Entry with { RequestDigest = "" },
            ];

            Assert.Equal(changed.Length + 1,
                changed.Append(Entry).Select(e => Convert.ToHexString(EntryHash.Compute(e, []))).Distinct().Count());
            Assert.NotEqual(EntryHash.Compute(Entry, []), EntryHash.Compute(Entry, new byte[32]));
        }

        [Fact]
        public void Its_own_hash_does_not() =>
            Assert.Equal(EntryHash.Compute(Entry, []), EntryHash.Compute(Entry with { Hash = new byte[32] }, []));
    }

    public sealed class Request_digests
    {
        private static readonly AccountRequest Request = new(Commands.Deactivate(), World.As("kim"), "r1");

        [Fact]
        public void They_cover_account_caller_etag_and_every_field_of_the_command()
        {
            var at = DateTimeOffset.UnixEpoch;
            AccountRequest[] requests =
            [
                Request, Request with { Caller = World.As("lee") }, Request with
                {
                    Caller = new(Actor.Service("kim"), Roles.Service),
                },
                Request with { ExpectedStateVersion = 1 }, With(Commands.Suspend()), With(Commands.Suspend(at)),
                With(Commands.Deactivate(at)),
                With(Commands.Harm(HarmKind.Deactivate, directOnly: true)),
                With(new AccountCommand.Harm(Commands.Action(HarmKind.Deactivate, reason: "SPAM"), false)),
                With(new AccountCommand.Harm(Commands.Action(HarmKind.Deactivate, note: "n"), false)),
                With(new AccountCommand.Harm(Commands.Action(HarmKind.Deactivate) with { Ticket = "t" }, false)),
                With(Commands.Restore()), With(Commands.Restore(HoldKind.Suspension)), With(Commands.OwnerRestore()),
                With(Commands.Undo("kim", at)),
                With(Commands.UndoService("kim", at)),
                With(Commands.Undo("lee", at)), With(Commands.Undo("kim", at.AddTicks(10))), With(Commands.Protect(at)),
                With(Commands.Protect(at.AddDays(1))),
                With(Commands.Approve(1)), With(Commands.Approve(2)), With(Commands.Approve(1, "d")),
                With(Commands.Reject(1)), With(Commands.Withdraw(1)),
                With(new AccountCommand.Reject(1, "n")), With(new AccountCommand.FireDue()),
                With(new AccountCommand.Freeze(World.Person("kim"))),
            ];

            var digests = requests.Select(r => RequestDigest.Of(new AccountId(1), r))
                .Append(RequestDigest.Of(new AccountId(2), Request)).ToArray();

            Assert.Equal(digests.Length, digests.Distinct().Count());
        }

        [Fact]
        public void They_leave_out_the_request_id_the_token_and_what_memory_knows()
        {
            var digest = RequestDigest.Of(new AccountId(1), With(Commands.Restore()));

            Assert.Equal(digest,
                RequestDigest.Of(new AccountId(1), With(Commands.Restore()) with { RequestId = "r2" }));
            Assert.Equal(digest,
                RequestDigest.Of(
                    new AccountId(1), With(Commands.Restore()) with { Caller = World.As("kim", Roles.Support) }));
            Assert.Equal(digest,
                RequestDigest.Of(
                    new AccountId(1), With((AccountCommand.Restore)Commands.Restore() with { ReadsRefused = 99 })));
        }

        [Fact]
        public void A_proposals_digest_covers_account_proposer_and_action()
        {
            var (kim, action) = (World.As("kim").Actor, Commands.Action(HarmKind.Erase));
            string[] digests =
            [
                RequestDigest.Of(new AccountId(1), kim, action), RequestDigest.Of(new AccountId(2), kim, action),
                RequestDigest.Of(new AccountId(1), World.As("lee").Actor, action),
                RequestDigest.Of(new AccountId(1), kim, action with { Note = "n" }),
                RequestDigest.Of(new AccountId(1), kim, action with { Until = DateTimeOffset.UnixEpoch }),
                RequestDigest.Of(new AccountId(1), kim, action with { At = DateTimeOffset.UnixEpoch }),
            ];

            Assert.Equal(digests.Length, digests.Distinct().Count());
            Assert.Matches("^[0-9a-f]{64}$", digests[0]);
        }

        private static AccountRequest With(AccountCommand command) => Request with { Command = command };
    }
}
