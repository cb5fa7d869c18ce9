namespace AccountGrid.Chaos.Linearizability;

/// <summary>
/// Which calls are placed: a bitset. Its fingerprint is short however long the history is, because nearly everything before the calls that are still open is placed and nearly
/// nothing behind them; so calls must be numbered in the order of time, those without an answer last (they may stay out for ever, and would leave holes).
/// </summary>
internal sealed class PlacedCalls(int count)
{
    private const int WordBits = 64;
    private readonly ulong[] _words = new ulong[(count + WordBits - 1) / WordBits];
    private int _firstOpen;
    private int _end;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    public bool Contains(int call) => (_words[call / WordBits] & (1UL << (call % WordBits))) != 0;

    public void Add(int call)
    {
        var word = call / WordBits;
        _words[word] |= 1UL << (call % WordBits);
        _end = Math.Max(_end, word + 1);
        while (_firstOpen < _words.Length && _words[_firstOpen] == ulong.MaxValue)
        {
            _firstOpen++;
        }

        Count++;
    }

    public void Remove(int call)
    {
        var word = call / WordBits;
        _words[word] &= ~(1UL << (call % WordBits));
        _firstOpen = Math.Min(_firstOpen, word);
        while (_end > 0 && _words[_end - 1] == 0)
        {
            _end--;
        }

        Count--;
    }

    /// <summary>An immutable value, equal for equal sets.</summary>
    public Fingerprint Capture() => new(_firstOpen, _end > _firstOpen ? _words[_firstOpen.._end] : []);

    /// <summary>A set at an instant: so many full words, and the ones behind them up to the last that is not empty.</summary>
    internal readonly struct Fingerprint(int full, ulong[] rest) : IEquatable<Fingerprint>
    {
        private readonly int _full = full;
        private readonly ulong[] _rest = rest;

        public bool Equals(Fingerprint other) => _full == other._full && _rest.AsSpan().SequenceEqual(other._rest);

        public override bool Equals(object? obj) => obj is Fingerprint other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(_full);
            foreach (var word in _rest)
            {
                hash.Add(word);
            }

            return hash.ToHashCode();
        }
    }
}
