using CsCheck;

namespace AccountGrid.Domain.Tests.Values;

public sealed class ValueTests
{
    public sealed class Account_ids
    {
        [Theory]
        [InlineData("1", 1), InlineData("25073877", 25073877), InlineData("9223372036854775807", long.MaxValue)]
        public void Positive_integers_are_read_and_written(string text, long value)
        {
            Assert.True(AccountId.TryParse(text, out var id));
            Assert.Equal((value, text), (id.Value, id.ToString()));
        }

        [Theory]
        [InlineData(null), InlineData(""), InlineData("0"), InlineData("01"), InlineData("-1"), InlineData(
            "+1"), InlineData(" 1"), InlineData("1 ")]
        [InlineData("1.0"), InlineData("0x1"), InlineData("9223372036854775808"), InlineData("one"), InlineData("١")]
        public void Anything_else_is_refused(string? text) => Assert.False(AccountId.TryParse(text, out _));

        [Fact]
        public void The_default_names_no_account()
        {
            Assert.Throws<InvalidOperationException>(() => default(AccountId).Value);
            Assert.Throws<ArgumentOutOfRangeException>(() => new AccountId(0));
            Assert.False(AccountId.TryCreate(-1, out _));
        }
    }

    public sealed class Operator_ids
    {
        [Theory]
        [InlineData("kim"), InlineData("Kim.Lee+1@example.org"), InlineData("auth0|5f7"), InlineData("0"), InlineData(
            "a:b-c_d")]
        public void Subjects_are_read(string text) => Assert.Equal(text, OperatorId.Parse(text).Value);

        [Theory]
        [InlineData(null), InlineData(""), InlineData(".kim"), InlineData("kim lee"), InlineData("kim/lee"), InlineData(
            "kím"), InlineData("kim\0"), InlineData("kim\u200B")]
        public void Anything_else_is_refused(string? text) => Assert.False(OperatorId.TryParse(text, out _));

        [Fact]
        public void There_is_a_limit()
        {
            Assert.True(OperatorId.TryParse(new string('k', 128), out _));
            Assert.False(OperatorId.TryParse(new string('k', 129), out _));
        }

        [Fact]
        public void Letters_of_another_case_are_another_id() =>
            Assert.NotEqual(OperatorId.Parse("kim"), OperatorId.Parse("KIM"));

        [Fact]
        public void The_default_names_nobody() =>
            Assert.Throws<InvalidOperationException>(() => default(OperatorId).Value);
    }

    public sealed class Same_person
    {
        [Theory]
        [InlineData("kim", "kim"), InlineData("kim", "KIM"), InlineData("lee", "Iee"), InlineData(
            "lee", "1ee"), InlineData("lee", "|ee")]
        [InlineData("bob", "b0b"), InlineData("bob", "BOB"), InlineData("kim", "kirn"), InlineData("KIRN", "kim")]
        public void Subjects_that_look_alike_may_be_one(string one, string other)
        {
            foreach (var (a, b) in new[] { (one, other), (other, one) })
            {
                Assert.True(SamePerson.MayBe(Operator(a), Operator(b)));
                Assert.True(SamePerson.MayBe(Actor.Service(a), Operator(b)));
                Assert.True(
                    SamePerson.MayBe(Actor.Service(a), OperatorId.TryParse(b, out var id) ? id : OperatorId.Parse(a)));
            }
        }

        [Theory]
        [InlineData("kim", "kimi"), InlineData("kim", "lee"), InlineData("neil", "nell"), InlineData(
            "user1", "user2"), InlineData("rn", "n")]
        public void Others_are_two(string one, string other)
        {
            Assert.False(SamePerson.MayBe(Operator(one), Operator(other)));
            Assert.False(SamePerson.MayBe(Actor.Service(one), Operator(other)));
        }

        [Fact]
        public void The_system_is_no_person()
        {
            Assert.False(SamePerson.MayBe(Actor.System, Operator("system")));
            Assert.False(SamePerson.MayBe(Operator("system"), Actor.System));
        }

        private static Actor Operator(string subject) => new(ActorKind.Operator, subject);
    }

    public sealed class Stream_ids
    {
        [Fact]
        public void They_name_accounts_and_operators_and_come_back()
        {
            var account = StreamId.Of(new AccountId(7));
            var person = StreamId.Of(OperatorId.Parse("ab"));

            Assert.Equal(("a/7", "op/ab"), (account.Value, person.Value));
            Assert.True(StreamId.TryParse("a/7", out var again) && again == account && again.IsAccount(out var id)
                && id.Value == 7 && !again.IsOperator(out _));
            Assert.True(StreamId.TryParse("op/ab", out again) && again == person && again.IsOperator(out var who)
                && who.Value == "ab" && !again.IsAccount(out _) && !again.IsOfGrid);
            Assert.True(StreamId.TryParse("grid/policy", out again) && again == StreamId.Policy && again.IsOfGrid
                && !again.IsAccount(out _) && !again.IsOperator(out _));
            Assert.True(StreamId.TryParse("grid/brake", out again) && again == StreamId.Brake && again.IsOfGrid);
        }

        [Theory]
        [InlineData(null), InlineData(""), InlineData("a/"), InlineData("a/0"), InlineData("a/07"), InlineData(
            "A/7"), InlineData("op/"), InlineData("op/ x"), InlineData("x/7"), InlineData("grid/"), InlineData(
            "grid/other"), InlineData("GRID/policy")]
        public void Anything_else_is_refused(string? text) => Assert.False(StreamId.TryParse(text, out _));
    }

    public sealed class Proposal_ids
    {
        [Fact]
        public void They_name_account_and_sequence()
        {
            Assert.True(ProposalId.TryParse("25073877-7", out var id));
            Assert.Equal((new ProposalId(new(25073877), 7), "25073877-7"), (id, id.ToString()));
        }

        [Theory]
        [InlineData(null), InlineData(""), InlineData("-"), InlineData("1"), InlineData("1-"), InlineData(
            "-1"), InlineData("1-0"), InlineData("1--1"), InlineData("1-2-3")]
        public void Anything_else_is_refused(string? text) => Assert.False(ProposalId.TryParse(text, out _));
    }

    public sealed class Etags
    {
        [Fact]
        public void They_come_back() =>
            Gen.Long[0, long.MaxValue].Sample(v => Etag.TryParse(Etag.Format(v), out var read) && read == v);

        [Theory]
        [InlineData(null), InlineData(""), InlineData("s"), InlineData("7"), InlineData("s-1"), InlineData(
            "s 1"), InlineData("S1")]
        public void Anything_else_is_refused(string? text) => Assert.False(Etag.TryParse(text, out _));
    }

    public sealed class Actors
    {
        [Fact]
        public void Only_operators_are_people()
        {
            Assert.Equal(OperatorId.Parse("kim"), Actor.Operator(OperatorId.Parse("kim")).Person);
            Assert.Null(Actor.System.Person);
            Assert.Null(Actor.Service("kim").Person);
            Assert.Equal("operator:kim", Actor.Operator(OperatorId.Parse("kim")).ToString());
        }
    }

    public sealed class Texts
    {
        [Theory]
        [InlineData(""), InlineData("A note.\n\tTwo lines, ünï ☃ 😀")]
        public void Ordinary_notes_pass(string text) => Assert.Null(TextRules.Note(text));

        [Theory]
        [InlineData("\0"), InlineData("\r"), InlineData("\u001B"), InlineData("\u007F"), InlineData(
            "\u202E"), InlineData("\u2066"), InlineData("\u200B"), InlineData("\uFEFF")]
        [InlineData("\u2028"), InlineData("\u2029"), InlineData("\u00AD")]
        public void Characters_that_hide_or_lie_are_refused(string text) =>
            Assert.Contains("U+", TextRules.Note($"a{text}b"), StringComparison.Ordinal);

        /// <summary>No attribute's argument: an assembly cannot hold them.</summary>
        [Fact]
        public void Half_a_character_is_refused()
        {
            Assert.NotNull(TextRules.Note("a\uD83D"));
            Assert.NotNull(TextRules.Note("\uD83Db"));
            Assert.NotNull(TextRules.Note("\uDE00\uD83D"));
        }

        /// <summary>
        /// Surrogate pairs were passed unseen, and with them the invisible tag characters, which spell ASCII that
        /// nobody sees.
        /// </summary>
        [Theory]
        [InlineData(0xE0001), InlineData(0xE0041), InlineData(0x1D173), InlineData(0x110BD)]
        public void Also_beyond_the_first_plane(int codePoint) =>
            Assert.Contains(
                $"U+{codePoint:X4}", TextRules.Note($"a{char.ConvertFromUtf32(codePoint)}"), StringComparison.Ordinal);

        [Fact]
        public void Tickets_and_names_have_one_line()
        {
            Assert.NotNull(TextRules.Ticket("a\nb"));
            Assert.NotNull(TextRules.DisplayName("a\tb"));
            Assert.Null(TextRules.Ticket("T-1"));
        }

        [Fact]
        public void Lengths_are_limits()
        {
            Assert.Null(TextRules.Note(new('x', Limits.NoteLength)));
            Assert.NotNull(TextRules.Note(new('x', Limits.NoteLength + 1)));
            Assert.Null(TextRules.Handle(new('x', Limits.HandleLength)));
            Assert.NotNull(TextRules.Handle(new('x', Limits.HandleLength + 1)));
            Assert.Null(TextRules.RequestId(new('x', Limits.RequestIdLength)));
            Assert.NotNull(TextRules.RequestId(new('x', Limits.RequestIdLength + 1)));
        }

        [Theory]
        [InlineData("SPAM", true), InlineData("A1_B", true), InlineData("", false), InlineData("1A", false), InlineData(
            "_A", false), InlineData("spam", false), InlineData("Ä", false)]
        public void A_reason_has_its_form(string text, bool isGood) =>
            Assert.Equal(isGood, TextRules.ReasonForm(text) is null);
    }

    public sealed class Instants
    {
        [Fact]
        public void They_are_cut_to_microseconds_and_come_back() =>
            Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999].Sample(
            us => Microseconds.Of(Microseconds.ToInstant(us)) == us
                && Microseconds.Truncate(Microseconds.ToInstant(us)) == Microseconds.ToInstant(us));

        [Fact]
        public void An_offset_does_not_matter() =>
            Assert.Equal(Microseconds.Of(new(2017, 11, 2, 18, 0, 0, TimeSpan.FromHours(-4))),
                Microseconds.Of(new(2017, 11, 2, 22, 0, 0, TimeSpan.Zero)));
    }
}
