using System.Diagnostics;

namespace AccountGrid.Telemetry.Tests;

public sealed class SpanMappingTests
{
    private static readonly DateTime Began = new(2017, 11, 2, 22, 57, 0, DateTimeKind.Utc);

    // An activation that ends itself does so after its answer: the request was listed as "deactivate grain".
    [Fact]
    public void A_trace_has_the_name_and_the_duration_of_the_span_that_began_it()
    {
        using var request = Span("AccountService/DeactivateAccount", parent: null, after: 0, lasting: 20);
        using var execute = Span("account.execute", request, after: 1, lasting: 18);
        using var late = Span("deactivate grain", execute, after: 5, lasting: 400);

        // In the order in which they ended.
        var summary = SpanMapping.ToSummary([execute, request, late]);

        Assert.Equal((request.DisplayName, request.Duration, 3), (summary.Name, summary.Duration, summary.Spans));
        Assert.Equal(new DateTimeOffset(Began), summary.StartedAt);
    }

    private static Activity Span(string name, Activity? parent, int after, int lasting)
    {
        var span = new Activity(name).SetStartTime(Began.AddMilliseconds(after));
        if (parent is not null)
        {
            span.SetParentId(parent.TraceId, parent.SpanId);
        }

        return span.Start().SetEndTime(Began.AddMilliseconds(after + lasting));
    }
}
