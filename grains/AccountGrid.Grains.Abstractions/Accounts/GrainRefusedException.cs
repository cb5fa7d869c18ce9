namespace AccountGrid.Grains;

/// <summary>
/// A refusal where no answer can carry one: the call never reached an activation (an unknown account is refused before
/// it takes a place; so is everybody while the store cannot say who is known), or the method answers nothing. Never
/// about the command itself: nothing was done.
/// </summary>
[GenerateSerializer, Alias("ag.refused")]
public sealed class GrainRefusedException : Exception
{
    /// <summary>Wraps a refusal.</summary>
    public GrainRefusedException(RefusalInfo refusal)
        : base(refusal.Message) => Refusal = refusal;

    /// <summary>The refusal: NotFound, Overloaded or StorageUnavailable.</summary>
    [Id(0)]
    public RefusalInfo Refusal { get; private set; }
}
