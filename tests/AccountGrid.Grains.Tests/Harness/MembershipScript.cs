using System.Threading.Channels;

namespace AccountGrid.Grains.Tests;

/// <summary>A membership whose facts and answers a test decides. Thread-safe.</summary>
public sealed class MembershipScript : IMembershipRecord
{
    private readonly Channel<Question> _questions = Channel.CreateUnbounded<Question>();
    private int _asked;

    /// <summary>What is recorded.</summary>
    public MembershipFact Now { get; set; } = new(IsDead: false, 1);

    /// <inheritdoc />
    public MembershipFact Heard
    {
        get
        {
            WhenHeardIsRead?.Invoke();
            return field;
        }

        set;
    } = new(IsDead: false, 1);

    /// <summary>Runs when the guard begins to read <see cref="Heard"/>.</summary>
    public Action? WhenHeardIsRead { get; set; }

    /// <summary>Whether questions are answered only through <see cref="NextAsync"/>.</summary>
    public bool HoldsBack { get; set; }

    /// <summary>What every question fails with.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Questions so far.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <inheritdoc />
    public Task<MembershipFact> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        if (Failure is { } failure)
        {
            return Task.FromException<MembershipFact>(failure);
        }

        if (!HoldsBack)
        {
            return Task.FromResult(Now);
        }

        var question = new Question();
        Assert.True(_questions.Writer.TryWrite(question));
        return question.Answer.Task;
    }

    /// <summary>The next question that was held back.</summary>
    public async Task<Question> NextAsync() =>
        await _questions.Reader.ReadAsync(TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>A question on its way.</summary>
    public sealed class Question
    {
        internal TaskCompletionSource<MembershipFact> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Reply(MembershipFact fact) => Answer.SetResult(fact);
    }
}
