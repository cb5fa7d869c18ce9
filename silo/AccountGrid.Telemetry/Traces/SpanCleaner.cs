using System.Diagnostics;
using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>
/// Corrects what Orleans writes into the span of a call that threw: a refusal or a cancellation is no error, and the
/// text of an exception belongs in the log only.
/// </summary>
internal static class SpanCleaner
{
    private const string ExceptionType = "exception.type";

    /// <summary>Corrects an ended span.</summary>
    public static void Clean(Activity activity)
    {
        if (activity.Status != ActivityStatusCode.Error || activity.GetTagItem(ExceptionType) is not string type)
        {
            return;
        }

        activity.SetTag("exception.message", null).SetTag("exception.stacktrace", null).SetTag(
            "exception.escaped", null);
        var isRefusal = type == typeof(GrainRefusedException).FullName;
        if (isRefusal || type == typeof(OperationCanceledException).FullName
            || type == typeof(TaskCanceledException).FullName)
        {
            activity.SetStatus(ActivityStatusCode.Unset).SetTag(ExceptionType, null)
                .SetTag(TraceNames.Outcome, isRefusal ? "refused" : "cancelled");
        }
    }
}
