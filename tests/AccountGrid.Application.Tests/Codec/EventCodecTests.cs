using System.Text;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public static class EventCodecTests
{
    private static readonly DateTimeOffset Noon = new(2017, 11, 3, 12, 0, 0, TimeSpan.Zero);
    private static readonly OperatorId Kim = OperatorId.Parse("kim");
    private static readonly OperatorId Lee = OperatorId.Parse("lee");
    private static readonly HarmAction Plain = new(HarmKind.Deactivate, "SPAM", "", "");
    private static readonly Impact Few = new(12, Tier.Standard);
    private static readonly string Digest = new('a', 64);

    /// <summary>The stored form of the events about the end of a suspension and about lost followers.</summary>
    public static TheoryData<AccountEvent, string, string> SuspensionGoldens() => new()
    {
        {
            new AccountEvent.SuspensionProlonged(
                new HarmAction(HarmKind.ChangeSuspension, "ABUSE", "", "", Noon), Actor.Operator(Kim), Lee, 7, Few),
            "suspension-prolonged",
            """{"action":{"kind":"change_suspension","reason":"ABUSE","until":"2017-11-03T12:00:00Z"},"by":"op/kim","tier":"standard","approvedBy":"lee","proposal":7,"followers":12}"""
        },
        {
            new AccountEvent.SuspensionShortened(Noon, "ERROR", "", ""), "suspension-shortened",
            """{"until":"2017-11-03T12:00:00Z","reason":"ERROR"}"""
        },
        {
            new AccountEvent.SuspensionShortened(Noon, "ERROR", "too long", "T-2"), "suspension-shortened",
            """{"until":"2017-11-03T12:00:00Z","reason":"ERROR","note":"too long","ticket":"T-2"}"""
        },
        {
            new AccountEvent.FollowersLost(70, 1000, 10_000, TimeSpan.FromHours(1), 0, [0, 30, 0, 40]),
            "followers-lost",
            """{"lost":70,"reserved":1000,"limit":10000,"window":"01:00:00","slices":[0,30,0,40]}"""
        },
        {
            new AccountEvent.FollowersLost(0, 1000, 10_000, TimeSpan.FromHours(1), 9, []), "followers-lost",
            """{"lost":0,"reserved":1000,"limit":10000,"window":"01:00:00","slices":[],"fromAllowance":9}"""
        },
        { new AccountEvent.LossBaselineNoted(41_000_000), "loss-baseline", """{"followers":41000000}""" },
        {
            new AccountEvent.FollowerLossRefused(10_000, 10_000, TimeSpan.FromHours(1), 3), "follower-loss-refused",
            """{"lost":10000,"limit":10000,"window":"01:00:00","unfollows":3}"""
        },
        {
            new AccountEvent.FollowerLossAllowed(
                new HarmAction(HarmKind.AllowFollowerLoss, "SPAM", "bots", "", Noon, Followers: 500_000),
                Actor.Operator(Kim), Lee, 4, Few),
            "follower-loss-allowed",
            """{"action":{"kind":"allow_follower_loss","reason":"SPAM","note":"bots","until":"2017-11-03T12:00:00Z","followers":500000},"by":"op/kim","approvedBy":"lee","proposal":4,"tier":"standard","followers":12}"""
        },
        {
            new AccountEvent.FollowerLossClosed(LiftCause.Staff, "ERROR", "", "T-1"), "follower-loss-closed",
            """{"cause":"staff","reason":"ERROR","ticket":"T-1"}"""
        },
    };

    /// <summary>The stored form of every event. It is in journals for ever: a change here needs a new type version, not a new expectation.</summary>
    public static TheoryData<AccountEvent, string, string> AccountGoldens() => new()
    {
        { new AccountEvent.Registered("president"), "registered", """{"handle":"president"}""" },
        {
            new AccountEvent.HoldPlaced(Plain, Actor.Operator(Kim), null, null, Few), "hold-placed",
            """{"action":{"kind":"deactivate","reason":"SPAM"},"by":"op/kim","tier":"standard","followers":12}"""
        },
        {
            new AccountEvent.HoldPlaced(
                new HarmAction(HarmKind.Suspend, "ABUSE", "twice <b>\"warned\"</b>\nسلام", "T-1", Noon, Noon.AddDays(-1)),
                Actor.Operator(Kim), Lee, 7, new Impact(null, Tier.Protected)), "hold-placed",
            """{"action":{"kind":"suspend","reason":"ABUSE","note":"twice <b>\"warned\"</b>\nسلام","ticket":"T-1","until":"2017-11-03T12:00:00Z","at":"2017-11-02T12:00:00Z"},"by":"op/kim","tier":"protected","approvedBy":"lee","proposal":7}"""
        },
        {
            new AccountEvent.HoldPlaced(new HarmAction(HarmKind.OwnerDeactivate, "OWNER_REQUEST", "", ""), Actor.Service("web"), null, null, Few),
            "hold-placed",
            """{"action":{"kind":"owner_deactivate","reason":"OWNER_REQUEST"},"by":"svc/web","tier":"standard","followers":12}"""
        },
        {
            new AccountEvent.HoldLifted(HoldKind.StaffDeactivation, LiftCause.Staff, "ERROR", "", "", 0), "hold-lifted",
            """{"kind":"staff_deactivation","cause":"staff","reason":"ERROR"}"""
        },
        {
            new AccountEvent.HoldLifted(HoldKind.Suspension, LiftCause.Expired, "", "", "", 9), "hold-lifted",
            """{"kind":"suspension","cause":"expired","readsRefused":9}"""
        },
        {
            new AccountEvent.Erased(new HarmAction(HarmKind.Erase, "LEGAL", "", ""), Actor.Operator(Kim), Lee, 3, Few), "erased",
            """{"action":{"kind":"erase","reason":"LEGAL"},"by":"op/kim","approvedBy":"lee","proposal":3,"tier":"standard","followers":12}"""
        },
        {
            new AccountEvent.ProtectionRaised(Kim, "OTHER", "vip", "", Noon), "protection-raised",
            """{"owner":"kim","reason":"OTHER","reviewAt":"2017-11-03T12:00:00Z","note":"vip"}"""
        },
        {
            new AccountEvent.ProtectionLowered(new HarmAction(HarmKind.Unprotect, "OTHER", "", ""), Actor.System, Lee, 4, Few), "protection-lowered",
            """{"action":{"kind":"unprotect","reason":"OTHER"},"by":"system","approvedBy":"lee","proposal":4,"tier":"standard","followers":12}"""
        },
        {
            new AccountEvent.ReachProtected(1500, 1000), "reach-protected", """{"followers":1500,"threshold":1000}"""
        },
        {
            new AccountEvent.ReachBelow(900, 1000, Noon), "reach-below",
            """{"followers":900,"threshold":1000,"endsAt":"2017-11-03T12:00:00Z"}"""
        },
        {
            new AccountEvent.ReachUnprotected(900, 1000, 7), "reach-unprotected",
            """{"followers":900,"threshold":1000,"proposal":7}"""
        },
        {
            new AccountEvent.ReachUnprotected(900, 1000, null), "reach-unprotected",
            """{"followers":900,"threshold":1000}"""
        },
    };

    /// <summary>The rest of them, from proposals on.</summary>
    public static TheoryData<AccountEvent, string, string> ProposalGoldens() => new()
    {
        {
            new AccountEvent.ProposalOpened(Plain, Digest, new Impact(41_000_000, Tier.Protected), Noon.AddMicroseconds(1)), "proposal-opened",
            $$"""{"action":{"kind":"deactivate","reason":"SPAM"},"digest":"{{Digest}}","tier":"protected","expiresAt":"2017-11-03T12:00:00.000001Z","followers":41000000}"""
        },
        {
            new AccountEvent.ProposalApproved(5, "", Noon), "proposal-approved",
            """{"proposal":5,"firesAt":"2017-11-03T12:00:00Z"}"""
        },
        {
            new AccountEvent.ActionScheduled(Plain with { At = Noon }, Digest, Few, Noon), "action-scheduled",
            $$"""{"action":{"kind":"deactivate","reason":"SPAM","at":"2017-11-03T12:00:00Z"},"digest":"{{Digest}}","tier":"standard","firesAt":"2017-11-03T12:00:00Z","followers":12}"""
        },
        {
            new AccountEvent.ProposalClosed(5, ProposalState.Rejected, RefusalReason.None, ""), "proposal-closed",
            """{"proposal":5,"state":"rejected"}"""
        },
        {
            new AccountEvent.ProposalClosed(5, ProposalState.Void, RefusalReason.ProposalVoid, "moved"), "proposal-closed",
            """{"proposal":5,"state":"void","reason":"PROPOSAL_VOID","note":"moved"}"""
        },
        {
            new AccountEvent.AttemptRefused("approve", RefusalReason.SamePerson, "No.", 5), "attempt-refused",
            """{"attempt":"approve","reason":"SAME_PERSON","message":"No.","proposal":5}"""
        },
        {
            new AccountEvent.AttemptRefused(
                "restore", RefusalReason.BudgetExceeded, "No.", null, "etag", TimeSpan.FromMinutes(1.5),
                new(292, Noon, Noon.AddSeconds(1))), "attempt-refused",
            """{"attempt":"restore","reason":"BUDGET_EXCEEDED","message":"No.","field":"etag","retryAfter":"00:01:30","counted":{"count":292,"firstAt":"2017-11-03T12:00:00Z","lastAt":"2017-11-03T12:00:01Z"}}"""
        },
    };

    public static TheoryData<OperatorEvent, string, string> OperatorGoldens() => new()
    {
        {
            new OperatorEvent.Enrolled(Roles.Support | Roles.Approver, "Kim", Noon), "enrolled",
            """{"roles":["support","approver"],"displayName":"Kim","authorityEndsAt":"2017-11-03T12:00:00Z"}"""
        },
        { new OperatorEvent.Enrolled(Roles.Staff, "", null), "enrolled", """{"roles":["support","approver","auditor","admin"]}""" },
        {
            new OperatorEvent.Offboarded(Noon, "left"), "offboarded",
            """{"authorityEndsAt":"2017-11-03T12:00:00Z","note":"left"}"""
        },
        {
            new OperatorEvent.Enrolled(
                Roles.Support, "", null, "emp-7", "joins", new(OperatorId.Parse("ann"), OperatorId.Parse("bob"), 3),
                "ab"),
            "enrolled",
            """{"roles":["support"],"personId":"emp-7","note":"joins","consent":{"proposedBy":"ann","approvedBy":"bob","proposal":3},"founders":"ab"}"""
        },
        {
            new OperatorEvent.PowerProposed(
                new(PowerChangeKind.Enroll, Roles.Support, "Kim", Noon, "emp-7", "joins"), "cd", Noon),
            "power-proposed",
            """{"kind":"enroll","roles":["support"],"digest":"cd","expiresAt":"2017-11-03T12:00:00Z","displayName":"Kim","authorityEndsAt":"2017-11-03T12:00:00Z","personId":"emp-7","note":"joins"}"""
        },
        {
            new OperatorEvent.PowerApproved(3, "known", Noon), "power-approved",
            """{"proposal":3,"effectiveAt":"2017-11-03T12:00:00Z","note":"known"}"""
        },
        {
            new OperatorEvent.PowerProposalClosed(3, ProposalState.Void, RefusalReason.ProposalVoid, ""),
            "power-proposal-closed", """{"proposal":3,"state":"void","reason":"PROPOSAL_VOID"}"""
        },
        { new OperatorEvent.Frozen(), "frozen", "{}" },
        {
            new OperatorEvent.ServiceActsUndone(OperatorId.Parse("web"), Noon, 3, ""), "service-acts-undone",
            """{"service":"web","since":"2017-11-03T12:00:00Z","accounts":3}"""
        },
        { new OperatorEvent.ActsUndone(Noon, 3, ""), "acts-undone", """{"since":"2017-11-03T12:00:00Z","accounts":3}""" },
        {
            new OperatorEvent.AttemptRefused("enroll", RefusalReason.ForbiddenRole, "No."), "attempt-refused",
            """{"attempt":"enroll","reason":"FORBIDDEN_ROLE","message":"No."}"""
        },
    };

    public static TheoryData<PolicyEvent, string, string> PolicyGoldens() => new()
    {
        {
            new PolicyEvent.SettingsRecorded(PolicyState.Unrecorded.Values.Add("B:b", "1").Add("A:a", "00:15:00")),
            "policy-recorded", """{"values":{"A:a":"00:15:00","B:b":"1"}}"""
        },
        {
            new PolicyEvent.Tightened([new("A:a", "2", "1")]), "policy-tightened",
            """{"changes":[{"name":"A:a","from":"2","to":"1"}]}"""
        },
        {
            new PolicyEvent.Proposed([new("A:a", "1", "2")], "why", "cd", Noon), "policy-proposed",
            """{"changes":[{"name":"A:a","from":"1","to":"2"}],"digest":"cd","expiresAt":"2017-11-03T12:00:00Z","note":"why"}"""
        },
        {
            new PolicyEvent.Approved(3, "known", Noon), "policy-approved",
            """{"proposal":3,"effectiveAt":"2017-11-03T12:00:00Z","note":"known"}"""
        },
        {
            new PolicyEvent.ProposalClosed(3, ProposalState.Void, RefusalReason.ProposalVoid, "moved"),
            "policy-proposal-closed", """{"proposal":3,"state":"void","reason":"PROPOSAL_VOID","note":"moved"}"""
        },
        {
            new PolicyEvent.Adopted([new("A:a", "1", "2")], new(Kim, Lee, 3), ""), "policy-adopted",
            """{"changes":[{"name":"A:a","from":"1","to":"2"}],"consent":{"proposedBy":"kim","approvedBy":"lee","proposal":3}}"""
        },
        {
            new PolicyEvent.AttemptRefused("propose_policy", RefusalReason.ForbiddenRole, "No."), "attempt-refused",
            """{"attempt":"propose_policy","reason":"FORBIDDEN_ROLE","message":"No."}"""
        },
    };

    private static JournalEntry Entry(EncodedEvent encoded) => new(
        StreamId.Of(World.Account), 9, Noon, Actor.Operator(Kim), encoded.Type, encoded.TypeVersion, encoded.Payload, "trace", "r1", Digest,
        new byte[32]);

    private static JournalEntry Entry(string type, int version, string json) => Entry(new EncodedEvent(type, version, Encoding.UTF8.GetBytes(json)));

    /// <summary>Every concrete case of a closed hierarchy.</summary>
    private static IEnumerable<Type> CasesOf<T>() => typeof(T).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract);

    public sealed class Stored_form
    {
        [Theory]
        [MemberData(nameof(AccountGoldens), MemberType = typeof(EventCodecTests))]
        [MemberData(nameof(SuspensionGoldens), MemberType = typeof(EventCodecTests))]
        [MemberData(nameof(ProposalGoldens), MemberType = typeof(EventCodecTests))]
        public void Every_account_event_is_written_exactly_so_and_read_back_the_same(AccountEvent payload, string type, string json)
        {
            var codec = new AccountEventCodec();
            var encoded = codec.Encode(payload);
            Assert.Equal((type, 1, json), (encoded.Type, encoded.TypeVersion, Encoding.UTF8.GetString(encoded.Payload.Span)));
            Assert.Equal(
                new Recorded<AccountEvent>(payload, 9, Noon, Actor.Operator(Kim), "r1", Digest, "trace"), codec.Decode(Entry(encoded)));
        }

        [Theory]
        [MemberData(nameof(OperatorGoldens), MemberType = typeof(EventCodecTests))]
        public void Every_operator_event_is_written_exactly_so_and_read_back_the_same(OperatorEvent payload, string type, string json)
        {
            var codec = new OperatorEventCodec();
            var encoded = codec.Encode(payload);
            Assert.Equal((type, 1, json), (encoded.Type, encoded.TypeVersion, Encoding.UTF8.GetString(encoded.Payload.Span)));
            Assert.Equal(payload, codec.Decode(Entry(encoded)).Event);
        }

        [Theory]
        [MemberData(nameof(PolicyGoldens), MemberType = typeof(EventCodecTests))]
        public void Every_event_of_the_policy_is_written_exactly_so_and_read_back_the_same(
            PolicyEvent payload, string type, string json)
        {
            var codec = new PolicyEventCodec();
            var encoded = codec.Encode(payload);
            Assert.Equal(
                (type, 1, json), (encoded.Type, encoded.TypeVersion, Encoding.UTF8.GetString(encoded.Payload.Span)));

            // Lists are compared by reference: what is written again says whether all of it was read.
            var again = codec.Encode(codec.Decode(Entry(encoded)).Event);
            Assert.Equal(json, Encoding.UTF8.GetString(again.Payload.Span));
        }

        [Fact]
        public void No_event_of_any_hierarchy_is_without_a_golden()
        {
            Assert.Empty(CasesOf<PolicyEvent>().Except(PolicyGoldens().Select(row => row.Data.Item1.GetType())));
            Assert.Empty(CasesOf<AccountEvent>().Except(
                AccountGoldens().Concat(SuspensionGoldens()).Concat(ProposalGoldens())
                    .Select(row => row.Data.Item1.GetType())));
            Assert.Empty(CasesOf<OperatorEvent>().Except(OperatorGoldens().Select(row => row.Data.Item1.GetType())));
        }

        [Fact]
        public void Names_of_stored_values_are_pinned_and_unique()
        {
            Assert.Equal(
                "deactivate suspend erase unprotect owner_deactivate allow_follower_loss change_suspension",
                NamesOf<HarmKind>(k => Hold(k)));
            Assert.Equal("owner_deactivation staff_deactivation suspension", NamesOf<HoldKind>(k => Lifted(k, LiftCause.Staff), "kind"));
            Assert.Equal("staff owner expired undo", NamesOf<LiftCause>(c => Lifted(HoldKind.Suspension, c), "cause"));
            Assert.Equal(
                "open scheduled executed rejected withdrawn expired void refused",
                NamesOf<ProposalState>(s => new AccountEvent.ProposalClosed(1, s, RefusalReason.None, ""), "state"));
            Assert.Equal(
                "NONE UNAUTHENTICATED FORBIDDEN_ROLE AUTHORITY_ENDED NOTICE_PERIOD NEEDS_SECOND_PERSON SAME_PERSON PROPOSAL_EXPIRED PROPOSAL_VOID "
                + "BUDGET_EXCEEDED REACH_EXCEEDED VERSION_MISMATCH REQUEST_ID_CONFLICT NOT_FOUND ALREADY_EXISTS WRONG_STATUS INVALID_ARGUMENT "
                + "TOO_LARGE OVERLOADED STORAGE_UNAVAILABLE FOLLOWER_LOSS_LIMIT",
                NamesOf<RefusalReason>(r => new AccountEvent.AttemptRefused("x", r, "", null), "reason"));

            static AccountEvent Hold(HarmKind kind) => new AccountEvent.HoldPlaced(Plain with { Kind = kind }, Actor.System, null, null, Few);
            static AccountEvent Lifted(HoldKind kind, LiftCause cause) => new AccountEvent.HoldLifted(kind, cause, "", "", "", 0);
        }

        [Fact]
        public void Instants_are_cut_to_microseconds_and_said_in_UTC()
        {
            var local = new DateTimeOffset(2017, 11, 3, 8, 0, 0, TimeSpan.FromHours(-4)).AddTicks(1_234_567);
            var encoded = new AccountEventCodec().Encode(new AccountEvent.ProposalApproved(5, "", local));
            Assert.Equal("""{"proposal":5,"firesAt":"2017-11-03T12:00:00.123456Z"}""", Encoding.UTF8.GetString(encoded.Payload.Span));
        }

        [Fact]
        public void A_plain_deactivation_and_its_restore_take_few_bytes()
        {
            var codec = new AccountEventCodec();
            var down = codec.Encode(new AccountEvent.HoldPlaced(Plain, Actor.Operator(Kim), null, null, new Impact(999_999, Tier.Standard)));
            var up = codec.Encode(new AccountEvent.HoldLifted(HoldKind.StaffDeactivation, LiftCause.Staff, "ERROR", "", "", 0));
            Assert.InRange(down.Payload.Length, 1, 110);
            Assert.InRange(up.Payload.Length, 1, 70);
        }

        private static string NamesOf<TEnum>(Func<TEnum, AccountEvent> make, string property = "kind")
            where TEnum : struct, Enum
        {
            var names = Enum.GetValues<TEnum>().Select(value =>
            {
                var json = System.Text.Json.JsonDocument.Parse(new AccountEventCodec().Encode(make(value)).Payload).RootElement;
                var holder = json.TryGetProperty("action", out var action) ? action : json;
                return holder.TryGetProperty(property, out var name) ? name.GetString()! : "NONE";
            }).ToArray();
            Assert.Equal(names.Length, names.Distinct().Count());
            return string.Join(' ', names);
        }
    }

    public sealed class Unknown_forms
    {
        [Theory]
        [InlineData("hold-placed", 2, "{}")]
        [InlineData("hold-moved", 1, "{}")]
        [InlineData("", 0, "")]
        public void An_unknown_type_or_version_is_a_typed_error(string type, int version, string json)
        {
            Assert.Throws<UnknownFormatException>(() => new AccountEventCodec().Decode(Entry(type, version, json)));
            Assert.Throws<UnknownFormatException>(() => new OperatorEventCodec().Decode(Entry(type, version, json)));
        }

        [Theory]
        [InlineData("registered", "")]
        [InlineData("registered", "null")]
        [InlineData("registered", "[]")]
        [InlineData("registered", "{}")]
        [InlineData("registered", """{"handle":null}""")]
        [InlineData("registered", """{"handle":"x","handle":"y"}""")]
        [InlineData("registered", """{"handle":"x","secret":"ssh"}""")]
        [InlineData("registered", """{"handle":"x"} {}""")]
        [InlineData("hold-lifted", """{"kind":3,"cause":"staff"}""")]
        [InlineData("hold-lifted", """{"kind":"nothing","cause":"staff"}""")]
        [InlineData("proposal-approved", """{"proposal":5,"firesAt":"2017-11-03 12:00"}""")]
        [InlineData("proposal-approved", """{"proposal":"5","firesAt":"2017-11-03T12:00:00Z"}""")]
        [InlineData("erased", """{"action":{"kind":"erase","reason":"LEGAL"},"by":"op/","approvedBy":"lee","proposal":3,"tier":"standard"}""")]
        [InlineData("erased", """{"action":{"kind":"erase","reason":"LEGAL"},"by":"op/kim","approvedBy":"","proposal":3,"tier":"standard"}""")]
        public void A_payload_of_another_form_is_a_typed_error_that_quotes_nothing(string type, string json)
        {
            var error = Assert.Throws<UnknownFormatException>(() => new AccountEventCodec().Decode(Entry(type, 1, json)));
            Assert.Contains(type, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("ssh", error.ToString(), StringComparison.Ordinal);
        }
    }
}
