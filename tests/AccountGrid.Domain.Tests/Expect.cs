namespace AccountGrid.Domain.Tests;

/// <summary>What tests expect of a step, in one word each.</summary>
internal static class Expect
{
    public static Step Done(Step step)
    {
        Assert.True(step.Outcome == Outcome.Done, $"Expected done, got {step.Decision}.");
        return step;
    }

    public static Step Pending(Step step)
    {
        Assert.True(step.Outcome == Outcome.Pending, $"Expected pending, got {step.Decision}.");
        return step;
    }

    /// <summary>
    /// Refused, with the state of holds, protection and proposals untouched and the attempt in the journal if it was
    /// one at power.
    /// </summary>
    public static Refusal Refused(RefusalReason reason, Step step)
    {
        Assert.True(step.Refusal?.Reason == reason, $"Expected {reason}, got {step.Decision}.");
        Assert.Equal(step.Before.StateVersion, step.After.StateVersion);
        Assert.Equal(step.Before.Status, step.After.Status);
        Assert.Equal(
            step.Refusal.IsRecorded || (step.Refusal.IsRemembered && step.Request.RequestId is not null),
            step.Appended.Any(e => e.Event is AccountEvent.AttemptRefused));
        return step.Refusal;
    }

    public static void Invalid(string field, Step step) =>
        Assert.Equal(field, Refused(RefusalReason.InvalidArgument, step).Field);

    public static T Only<T>(Step step)
        where T : AccountEvent => Assert.IsType<T>(Assert.Single(step.Appended).Event);
}
