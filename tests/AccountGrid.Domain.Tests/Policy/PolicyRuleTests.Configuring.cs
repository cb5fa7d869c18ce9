namespace AccountGrid.Domain.Tests.Policy;

/// <content>What a silo's settings do to the record.</content>
public sealed partial class PolicyRuleTests
{
    public sealed class Configuring
    {
        private readonly PolicyRuleTests _ = new();

        [Fact]
        public void The_first_start_records_all_settings()
        {
            var entry = Assert.Single(_._record.Journal);
            Assert.Equal(
                PolicySettings.ValuesOf(GridPolicy.Default),
                Assert.IsType<PolicyEvent.SettingsRecorded>(entry.Event).Values);
            Assert.Equal((1, 1), (_._record.State.Version, _._record.State.PolicyVersion));
            Assert.Equal(ActorKind.System, entry.Actor.Kind);
        }

        [Fact]
        public void The_same_settings_change_nothing() => Assert.Empty(_.Configure((Reach, "1000000")).Events);

        [Fact]
        public void Weaker_settings_change_nothing()
        {
            Assert.Empty(_.Configure(
                (Reach, "2000000"), (Harms, "31"), ("Accounts:UnprotectCoolOff", "00:00:00")).Events);
            Assert.Equal(
                (1_000_000, 30, TimeSpan.FromDays(1)),
                (_._record.State.Policy.Accounts.ProtectedReach, _._record.State.Policy.Operators.MaxHarms,
                    _._record.State.Policy.Accounts.UnprotectCoolOff));
        }

        [Fact]
        public void Stricter_settings_are_taken_and_are_an_entry()
        {
            var decision = _.Configure((Reach, "1000"), (Harms, "31"));
            Assert.Equal(
                [new SettingChange(Reach, "1000000", "1000")],
                Assert.IsType<PolicyEvent.Tightened>(Assert.Single(decision.Events)).Changes);
            Assert.Equal(("1000", "30", 2), (_._record[Reach], _._record[Harms], _._record.State.PolicyVersion));
        }

        [Fact]
        public void A_default_that_the_configuration_does_not_name_tightens_nothing()
        {
            // Otherwise every restart would take back what two admins have adopted.
            _.Propose((Reach, "2000000"));
            _.Approve();
            _._now += CoolOff;
            _.FireDue();
            Assert.Empty(_.Configure().Events);
            Assert.Equal("2000000", _._record[Reach]);
        }

        [Fact]
        public void A_setting_that_the_record_does_not_know_is_recorded()
        {
            var settings = PolicyRecord.Settings();
            var older = new PolicyRecord(_._record.Register);
            older.Send(settings with { Values = settings.Values.Remove(Harms) }, Caller.System, _._now);
            var decision = older.Send(PolicyRecord.Settings((Harms, "31")), Caller.System, _._now);
            Assert.Equal(
                [KeyValuePair.Create(Harms, "31")],
                Assert.IsType<PolicyEvent.SettingsRecorded>(Assert.Single(decision.Events)).Values);
            Assert.Equal("31", older[Harms]);
        }

        [Fact]
        public void A_name_of_a_later_version_is_kept()
        {
            var settings = PolicyRecord.Settings();
            _._record.Send(settings with { Values = settings.Values.Add("Brake:Later", "x") }, Caller.System, _._now);
            Assert.Empty(_.Configure().Events);
            _.Configure((Reach, "1000"));
            Assert.Equal("x", _._record["Brake:Later"]);
        }

        // Settings that are tightened again and again kept two admins from ever taking it back.
        [Fact]
        public void Tightening_leaves_what_is_pending_and_it_changes_what_there_is_then()
        {
            _.Propose((Reach, "2000000"), (Harms, "20"));
            Assert.IsType<PolicyEvent.Tightened>(Assert.Single(_.Configure((Harms, "9")).Events));
            Assert.Equal(
                [new(Reach, "1000000", "2000000"), new SettingChange(Harms, "9", "20")],
                _._record.State.Proposal!.Changes);
            _.Approve();
            _.Configure((Harms, "8"));
            _._now += CoolOff;
            _.FireDue();
            Assert.Equal(("2000000", "20"), (_._record[Reach], _._record[Harms]));
        }

        [Fact]
        public void What_weakens_because_of_tightening_waits_for_the_cool_off_too()
        {
            _.Propose((Harms, "20"));
            Assert.False(_._record.State.Proposal!.Weakens);
            _.Configure((Harms, "9"));
            Assert.Equal(Outcome.Pending, _.Approve().Outcome);
            Assert.Equal("9", _._record[Harms]);
        }

        [Fact]
        public void Tightening_voids_what_would_change_nothing_any_more()
        {
            _.Propose((Harms, "9"));
            _.Configure((Harms, "9"));
            Assert.Equal((null, ProposalState.Void), (_._record.State.Proposal, _.Closed()));
        }

        /// <summary>One person with the settings could keep two admins from taking anything back for 30 days.</summary>
        [Theory]
        [InlineData("Operators:PowerCoolOff", "30.00:00:00", "1.00:00:00")]
        [InlineData("Operators:PowerCoolOff", "20:00:00", "20:00:00")]
        [InlineData("Operators:PowerProposalLifetime", "00:00:01", "01:00:00")]
        [InlineData("Operators:PowerProposalLifetime", "02:00:00", "02:00:00")]
        public void How_soon_two_admins_can_take_it_back_is_tightened_so_far_only(
            string name, string own, string recorded)
        {
            _.Configure((name, own));
            Assert.Equal(recorded, _._record[name]);
            Assert.Empty(_.Configure((name, own)).Events);

            // Two admins go further.
            _.Propose((name, "00:30:00"));
            Assert.Equal(name.EndsWith("Lifetime", StringComparison.Ordinal) ? Outcome.Done : Outcome.Pending,
                _.Approve().Outcome);
        }

        [Fact]
        public void Only_the_system_configures() =>
            Refused(RefusalReason.ForbiddenRole, _.Send("ann", PolicyRecord.Settings((Reach, "1000"))));
    }
}
