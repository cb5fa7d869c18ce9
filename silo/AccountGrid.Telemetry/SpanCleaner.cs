using System.Diagnostics;
using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>Mends what Orleans writes into the span of a call that threw: a refusal and a cancellation are no errors, and the text of an exception belongs into the log.</summary>
internal static class SpanCleaner
{
    private const string ExceptionType = "exception.type";

    /// <summary>Mends an ended span.</summary>
    public static void Clean(Activity activity)
    {
        if (activity.Status != ActivityStatusCode.Error || activity.GetTagItem(ExceptionType) is not string type)
        {
            return;
        }

        activity.SetTag("exception.message", null).SetTag("exception.stacktrace", null).SetTag("exception.escaped", null);
        var isRefusal = type == typeof(GrainRefusedException).FullName;
        if (isRefusal || type == typeof(OperationCanceledException).FullName || type == typeof(TaskCanceledException).FullName)
        {
            activity.SetStatus(ActivityStatusCode.Unset).SetTag(ExceptionType, null).SetTag(TraceNames.Outcome, isRefusal ? "refused" : "cancelled");
        }
    }
}
