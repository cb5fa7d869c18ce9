namespace AccountGrid.Chaos.Linearizability;

/// <summary>What an object does when one operation comes after the other. Pure.</summary>
/// <typeparam name="TState">Immutable, with value equality: the search remembers where it has been.</typeparam>
/// <typeparam name="TInput">What is asked, with value equality.</typeparam>
/// <typeparam name="TOutput">What is answered.</typeparam>
internal abstract class Model<TState, TInput, TOutput>
    where TState : IEquatable<TState>
    where TInput : notnull
    where TOutput : class
{
    /// <summary>Before the first operation.</summary>
    public abstract TState Initial { get; }

    /// <summary>
    /// The states in which an operation may leave the object, none where it cannot have been answered so. There may be several, where the answer does not say what happened or
    /// where the object may also have moved by itself; the likeliest comes first. Without an answer (<paramref name="output"/> is <c>null</c>): every effect that it may have.
    /// </summary>
    public abstract IEnumerable<TState> Step(TState state, TInput input, TOutput? output);

    /// <summary>
    /// Whether an operation, answered so, changes the object in no state whatever (it may still show that the object has moved by itself). Such a one, where it fits, can be placed
    /// without a second thought.
    /// </summary>
    public virtual bool OnlyLooks(TInput input, TOutput output) => false;

    /// <summary>A number that no operation, and nothing that the object does by itself, ever makes smaller; 0 throughout where there is none.</summary>
    public virtual long VersionOf(TState state) => 0;

    /// <summary>
    /// Between which versions the object must be for an operation to be answered so. It puts operations in order that time alone does not, which a search without it finds out by trying.
    /// </summary>
    public virtual (long Least, long Most) Versions(TInput input, TOutput output) => (long.MinValue, long.MaxValue);
}
