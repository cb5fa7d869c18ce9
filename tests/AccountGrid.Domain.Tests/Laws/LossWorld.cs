using System.Collections.Immutable;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>One step of a script about losses.</summary>
/// <param name="Kind">Which step; see <see cref="LossWorld.Take"/>.</param>
/// <param name="Size">How much.</param>
public sealed record LossMove(int Kind, int Size);

/// <summary>
/// One protected account whose followers are taken away by activations that come and go, as processors do: check,
/// reserve by an entry, apply. An activation that another one has replaced goes on for a twelfth of the window. The
/// parts that are broken on purpose are settable.
/// </summary>
public sealed class LossWorld
{
    private static readonly AccountPolicy Accounts = new() { ProtectedReach = 1 };
    private readonly List<(DateTimeOffset At, long Lost)> _lost = [];
    private readonly List<(DateTimeOffset At, long Count)> _counts = [];
    private readonly List<(DateTimeOffset Until, long Followers)> _allowed = [];
    private readonly List<Activation> _activations = [];
    private AccountState _state;
    private DateTimeOffset _now = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);
    private readonly DateTimeOffset _start;
    private readonly long _followers;
    private long _count;

    public LossWorld(long followers)
    {
        (_count, _followers, _start) = (followers, followers, _now);
        _counts.Add((_now, followers));
        _state = AccountEvolver.Evolve(
            AccountState.Unregistered(new(1)), Entry(new AccountEvent.Registered("a_handle"), 1));
    }

    public BrakePolicy Policy { get; init; } = new() { LossAtLeast = 1000 };

    public Func<AccountState, BrakePolicy, DateTimeOffset, DateTimeOffset, LossWindow> Begin { get; init; } =
        LossWindow.From;

    public bool Reserves { get; init; } = true;

    public bool NotesBaselines { get; init; } = true;

    /// <summary>The account as the entry of a baseline is decided on.</summary>
    public Func<AccountState, AccountState> BeforeBaseline { get; init; } = static state => state;

    public bool Fences { get; init; } = true;

    public bool EndsWhenFenced { get; init; } = true;

    public long Lost => _lost.Sum(l => l.Lost);

    public int Refusals { get; private set; }

    public int Entries => (int)_state.Version;

    public void Take(LossMove move)
    {
        switch (move.Kind)
        {
            case < 10:
                _now += move.Kind == 0 ? TimeSpan.FromMinutes(move.Size) : TimeSpan.FromSeconds(move.Size);
                _activations.RemoveAll(a => a.Until < _now);
                break;
            case < 14:
                Load();
                break;
            case < 20:
                NoteBaseline(_activations is [.., { } last] ? last : Load(), move.Size);
                _count += move.Size;
                break;
            case 20:
                Allow(move.Size);
                break;
            default:
                var from = _activations.Count == 0 ? Load() : _activations[move.Kind % _activations.Count];
                Unfollow(from, move.Size, move.Kind % 3 == 0 ? move.Size / 2 : move.Size);
                break;
        }

        _counts.Add((_now, _count));
        Judge();
    }

    /// <summary>
    /// The law. The limit's share is of the most followers that there were about the window, with those that an
    /// activation counts as lost because they were reserved, and at most of those that the account had at first, growing
    /// as a baseline does: gaining followers first does not let more be lost.
    /// </summary>
    private void Judge()
    {
        var from = _now - Policy.Window;
        var lost = _lost.Where(l => l.At > from).Sum(l => l.Lost);
        var seen = from - (2 * Slack);
        var most = _counts.LastOrDefault(c => c.At <= seen).Count;
        most = Math.Max(most, _counts.Where(c => c.At > seen).Max(c => c.Count) + lost);
        var first = Math.Max(_followers, (long)(Policy.LossAtLeast / Policy.LossShare));
        most = Math.Min(most, new LossBaseline(first, _start).GrownTo(_now));
        most += (long)(most * Policy.LossShare);
        var limit = Math.Max(Policy.LossAtLeast, (long)(most * Policy.LossShare))
            + _allowed.Where(a => a.Until > from).Sum(a => a.Followers);
        Assert.True(lost <= limit, $"{lost} lost within the window, {limit} allowed.");
    }

    private Activation Load()
    {
        foreach (var other in _activations)
        {
            other.Until = other.Until < _now + Slack ? other.Until : _now + Slack;
        }

        var activation = new Activation(_state, _now);
        _activations.Add(activation);
        return activation;
    }

    private TimeSpan Slack => Policy.Window / 12;

    private void Unfollow(Activation at, long unfollows, long changing)
    {
        NoteBaseline(at, added: 0);
        if (Fences && at.Note != (at.Head.Losses?.Note?.Sequence ?? 0))
        {
            _activations.Remove(at);
            return;
        }

        at.Window ??= Begin(at.Head, Policy, at.Began, _now);
        if (at.Window.Check(at.Head, unfollows, _count, Policy, _now) is not null)
        {
            Refusals++;
            if (at.Window.MustNoteInherited && !Note(at, 0) && EndsWhenFenced)
            {
                _activations.Remove(at);
            }

            return;
        }

        if (!Reserves || !at.Window.MustNote(unfollows) || Note(at, unfollows))
        {
            var lost = Math.Min(changing, _count);
            at.Window.Applied(lost, _count, Policy, _now);
            _count -= lost;
            _lost.Add((_now, lost));
        }
        else if (EndsWhenFenced)
        {
            _activations.Remove(at);
        }
        else
        {
            (at.Window, at.Note) = (null, at.Head.Losses?.Note?.Sequence ?? 0);
            Unfollow(at, unfollows, changing);
        }
    }

    private bool Note(Activation at, long unfollows)
    {
        var command = at.Window!.Reserve(unfollows, _count, Policy, _now);
        if (!Fences)
        {
            command = command with { After = _state.Losses?.Note?.Sequence ?? 0 };
        }

        // An append behind another one's is refused, and the command is decided again on what is there.
        at.Head = _state;
        var decision = AccountDecider.Decide(
            at.Head, new(command, Caller.System), new(_now, _count, Accounts, Situation.NoAuthorities));
        var events = Assert.IsType<Decision.Accepted>(decision).Events;
        Append(events);
        at.Head = _state;
        var isTaken = !events.IsEmpty && at.Window.TryTake(at.Head);
        at.Note = isTaken ? at.Window.NoteSequence : at.Note;
        return isTaken;
    }

    private void NoteBaseline(Activation at, long added)
    {
        if (NotesBaselines && LossBaseline.IsDue(at.Head.Losses?.Baseline, _count + added, Policy, _now))
        {
            Append(Assert.IsType<Decision.Accepted>(AccountDecider.Decide(
                BeforeBaseline(_state), new(new AccountCommand.NoteLossBaseline(), Caller.System),
                new(_now, _count, Accounts, Situation.NoAuthorities))).Events);
            at.Head = _state;
        }
    }

    private void Allow(long followers)
    {
        var until = _now + TimeSpan.FromMinutes(90);
        _allowed.Add((until, followers));
        var action = new HarmAction(HarmKind.AllowFollowerLoss, "OTHER", "", "", until, Followers: followers);
        var proposed = new AccountEvent.ProposalOpened(action, "", new(_count, Tier.Protected), until);
        Append([proposed]);
        Append([new AccountEvent.FollowerLossAllowed(
            action, Actor.Operator(World.Person("kim")), World.Person("lee"), _state.Version,
            new(_count, Tier.Protected))]);

        // It is a command that the account's newest activation has carried out.
        _activations.LastOrDefault()?.Follow(_state);
    }

    private void Append(ImmutableArray<AccountEvent> events)
    {
        foreach (var e in events)
        {
            _state = AccountEvolver.Evolve(_state, Entry(e, _state.Version + 1));
        }
    }

    private Recorded<AccountEvent> Entry(AccountEvent e, long sequence) =>
        new(e, sequence, _now, Actor.System, null, null, "");

    private sealed class Activation(AccountState head, DateTimeOffset began)
    {
        public DateTimeOffset Began => began;

        public AccountState Head { get; set; } = head;

        public long Note { get; set; } = head.Losses?.Note?.Sequence ?? 0;

        public LossWindow? Window { get; set; }

        public DateTimeOffset Until { get; set; } = DateTimeOffset.MaxValue;

        public void Follow(AccountState state) => Head = state;
    }
}
