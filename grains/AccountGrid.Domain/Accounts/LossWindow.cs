using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The followers that one activation of a protected account has seen lost within the rolling window, and those that
/// activations before it may have lost. Unfollows are applied only where they fit the limit, and only where an entry of
/// this activation has reserved them before: what a restart can forget is what the last entry reserved, and the next
/// activation counts all of that as lost. So the losses within any window stay within the limit, whatever restarts come
/// between. Mutable, not thread-safe; time is an argument, and does not go backwards.
/// </summary>
/// <remarks>
/// Time is cut into slices of a twelfth of the window, and a loss counts until its whole slice has left the window: for
/// up to a twelfth longer. What was reserved before a start is dated one slice later, so that an activation that this
/// one has replaced may go on for so long; one that meets another's entry ends at once.
/// </remarks>
public sealed class LossWindow
{
    /// <summary>Slices in a window.</summary>
    internal const int SlicesInWindow = 12;

    /// <summary>The slices that count: those of a window, the one that has begun, and the one ahead.</summary>
    internal const int SlicesKept = SlicesInWindow + 2;

    /// <summary>An entry reserves this part of the limit, so that so many entries tell a whole window.</summary>
    private const int NotesInLimit = 10;

    private readonly long _width;
    private readonly (long Index, long Lost)[] _slices = new (long, long)[SlicesKept];
    private LossBaseline? _baseline;
    private LossAllowance? _allowance;
    private bool _allowanceLasts;
    private long _fromAllowance;
    private long _left;
    private long _now;
    private AccountCommand.NoteLosses? _pending;

    private LossWindow(TimeSpan window)
    {
        Window = window;
        _width = Math.Max(1, window.Ticks / SlicesInWindow);
    }

    /// <summary>The window that it was made for.</summary>
    public TimeSpan Window { get; }

    /// <summary>
    /// The sequence of the last entry about losses that it knows, of another activation before it or its own; 0 = none.
    /// </summary>
    public long NoteSequence { get; private set; }

    /// <summary>What an activation has to assume that begins, or whose settings have changed.</summary>
    /// <param name="state">The account.</param>
    /// <param name="policy">The settings.</param>
    /// <param name="began">When this activation began, and so replaced the one before.</param>
    /// <param name="now">The instant.</param>
    public static LossWindow From(AccountState state, BrakePolicy policy, DateTimeOffset began, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        var losses = new LossWindow(policy.Window);
        losses.Advance(now);
        losses.Follow(state.Losses, now);
        if (state.Losses?.Note is { } note)
        {
            losses.Inherit(note, began > note.At ? began : note.At);
        }

        return losses;
    }

    /// <summary>The followers lost within the window.</summary>
    public long LostAt(DateTimeOffset now)
    {
        Advance(now);
        var lost = 0L;
        foreach (var slice in _slices)
        {
            lost += Counts(slice.Index) ? slice.Lost : 0;
        }

        return lost;
    }

    /// <summary>
    /// The most that may be lost within a window, without an allowance: a share of the followers that the account would
    /// have without these losses, and at most of those that its baseline vouches for, so that followers who were just
    /// added do not raise it.
    /// </summary>
    /// <param name="followers">The count now; <c>null</c> where it is in doubt.</param>
    /// <param name="policy">The settings.</param>
    /// <param name="now">The instant.</param>
    public long LimitAt(long? followers, BrakePolicy policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (followers is not { } count)
        {
            return policy.LossAtLeast;
        }

        var most = Math.Min(count + LostAt(now), _baseline?.GrownTo(now) ?? long.MaxValue);
        return Math.Max(policy.LossAtLeast, (long)(most * policy.LossShare));
    }

    /// <summary>Whether so many unfollows fit beside what is lost already; the refusal if not.</summary>
    /// <param name="state">The account; its allowance and its baseline are taken from here.</param>
    /// <param name="unfollows">Unfollows that may be applied next, each counted as a loss.</param>
    /// <param name="followers">As in <see cref="LimitAt"/>.</param>
    /// <param name="policy">The settings.</param>
    /// <param name="now">The instant.</param>
    public Refusal? Check(
        AccountState state, long unfollows, long? followers, BrakePolicy policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        Follow(state.Losses, now);
        var (lost, limit) = (LostAt(now), LimitAt(followers, policy, now));
        var over = unfollows - Math.Max(0, limit - lost) - Allowed;
        return over <= 0 ? null : Refusal.FollowerLossLimit(limit, Window, FreeIn(lost - limit, over, now));
    }

    /// <summary>Whether so many unfollows must wait for an entry that reserves them.</summary>
    public bool MustNote(long unfollows) => unfollows > _left;

    /// <summary>
    /// Whether what activations before it reserved is counted as lost here and in no entry yet. The next activation
    /// would date it anew, and unfollows could wait for longer than a window.
    /// </summary>
    public bool MustNoteInherited { get; private set; }

    /// <summary>
    /// The command for the entry that reserves so many unfollows, which fit: a tenth of the limit, or as many as they
    /// are, so that unfollows which change nothing do not fill the journal. Of none it only tells what is lost.
    /// </summary>
    public AccountCommand.NoteLosses Reserve(long unfollows, long? followers, BrakePolicy policy, DateTimeOffset now)
    {
        var (lost, limit) = (LostAt(now), LimitAt(followers, policy, now));
        var room = Math.Max(0, limit - lost) + Allowed;
        var wanted = unfollows == 0 ? 0 : Math.Max((limit + NotesInLimit - 1) / NotesInLimit, unfollows);
        return _pending = new(
            NoteSequence, _allowance?.Sequence, lost, Math.Max(unfollows, Math.Min(wanted, room)), limit, Window,
            _fromAllowance, SlicesNewestFirst());
    }

    /// <summary>
    /// Takes what the entry reserved, once it is made; <c>false</c> where another activation's has followed it, which
    /// counts what this one reserved as lost.
    /// </summary>
    public bool TryTake(AccountState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (_pending is not { } asked || state.Losses?.Note is not { } note || note.Sequence <= NoteSequence
            || note.Lost != asked.Lost || note.Reserved != asked.Reserved)
        {
            return false;
        }

        (NoteSequence, _left, _pending, MustNoteInherited) = (note.Sequence, note.Reserved, null, false);
        return true;
    }

    /// <summary>Takes what was applied. Where the outcome is not known, all that may have been lost.</summary>
    /// <param name="lost">Followers lost.</param>
    /// <param name="followers">The count before; <c>null</c> where it is in doubt.</param>
    /// <param name="policy">The settings.</param>
    /// <param name="now">The instant.</param>
    public void Applied(long lost, long? followers, BrakePolicy policy, DateTimeOffset now)
    {
        if (lost == 0)
        {
            return;
        }

        var beyond = Math.Clamp(lost - Math.Max(0, LimitAt(followers, policy, now) - LostAt(now)), 0, Allowed);
        _fromAllowance += beyond;
        _left = Math.Max(0, _left - lost);
        Advance(now);
        Add(_now, lost - beyond);
    }

    private void Inherit(LossNote note, DateTimeOffset replaced)
    {
        NoteSequence = note.Sequence;
        var width = Math.Max(1, note.Window.Ticks / SlicesInWindow);
        var newest = (note.At.UtcTicks / width) + 1;
        for (var i = 0; i < note.Slices.Length; i++)
        {
            // Dated by the end of its slice, which is the latest instant at which it can have been.
            Add(Math.Min((((newest - i + 1) * width) - 1) / _width, _now + 1), note.Slices[i]);
        }

        MustNoteInherited = note.Reserved > 0;
        var withinLimit = Math.Min(note.Reserved, Math.Max(0, note.Limit - note.Lost));
        var isOfAllowance = _allowance is { } allowance && note.Sequence > allowance.Sequence;
        _fromAllowance = isOfAllowance ? note.FromAllowance + note.Reserved - withinLimit : 0;
        Add(
            Math.Min((replaced.UtcTicks / _width) + 1, _now + 1), isOfAllowance ? withinLimit : note.Reserved);
    }

    /// <summary>
    /// Another allowance than before begins unused. What was reserved with or without one is not good when that
    /// changes.
    /// </summary>
    private void Follow(FollowerLosses? losses, DateTimeOffset now)
    {
        var allowance = losses?.Allowance;
        var lasts = now < allowance?.Until;
        if (allowance?.Sequence != _allowance?.Sequence || lasts != _allowanceLasts)
        {
            _left = 0;
        }

        _fromAllowance = allowance?.Sequence == _allowance?.Sequence ? _fromAllowance : 0;
        (_allowance, _allowanceLasts, _baseline) = (allowance, lasts, losses?.Baseline);
    }

    private long Allowed => _allowanceLasts ? Math.Max(0, _allowance!.Followers - _fromAllowance) : 0;

    /// <summary>How long it takes until enough has left the window; the whole window where it never is.</summary>
    private TimeSpan FreeIn(long overLimit, long over, DateTimeOffset now)
    {
        var missing = Math.Max(0, overLimit) + over;
        for (var index = _now - SlicesInWindow; index <= _now + 1; index++)
        {
            var slice = _slices[index % SlicesKept];
            missing -= slice.Index == index ? slice.Lost : 0;
            if (missing <= 0)
            {
                return TimeSpan.FromTicks(((index + SlicesInWindow + 1) * _width) - now.UtcTicks);
            }
        }

        return Window;
    }

    private ImmutableArray<long> SlicesNewestFirst()
    {
        var slices = ImmutableArray.CreateBuilder<long>(SlicesKept);
        for (var index = _now + 1; index >= _now - SlicesInWindow; index--)
        {
            var slice = _slices[index % SlicesKept];
            slices.Add(slice.Index == index ? slice.Lost : 0);
        }

        while (slices.Count > 0 && slices[^1] == 0)
        {
            slices.RemoveAt(slices.Count - 1);
        }

        return slices.ToImmutable();
    }

    private void Advance(DateTimeOffset now) => _now = Math.Max(_now, now.UtcTicks / _width);

    private bool Counts(long index) => index >= _now - SlicesInWindow;

    private void Add(long index, long lost)
    {
        if (!Counts(index) || lost == 0)
        {
            return;
        }

        ref var slice = ref _slices[index % SlicesKept];
        slice = slice.Index == index ? (index, slice.Lost + lost) : (index, lost);
    }
}
