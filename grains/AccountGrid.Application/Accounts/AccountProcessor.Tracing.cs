using System.Collections.Immutable;
using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <content>How the requests of two people are found from each other.</content>
public sealed partial class AccountProcessor
{
    /// <summary>
    /// The span that opened the pending proposal. The journal keeps the trace of an entry and not its span, so a
    /// decision that is made in another instance names the trace and has no link.
    /// </summary>
    private (long Sequence, ActivityContext Span)? _opened;

    /// <summary>Keeps the span of a command that opened a proposal.</summary>
    private void NoteOpened(ImmutableArray<AccountEvent> events, long version)
    {
        for (var i = 0; i < events.Length; i++)
        {
            if (events[i] is AccountEvent.ProposalOpened or AccountEvent.ActionScheduled)
            {
                _opened = Activity.Current is { Recorded: true } span ? (version + i + 1, span.Context) : null;
            }
        }
    }

    /// <summary>Links the span of a decision about a proposal to the request that made it.</summary>
    private async ValueTask LinkProposalAsync(
        Activity? span, AccountCommand command, CancellationToken cancellationToken)
    {
        long? decides = command switch
        {
            AccountCommand.Approve c => c.Sequence,
            AccountCommand.Reject c => c.Sequence,
            AccountCommand.Withdraw c => c.Sequence,
            _ => null,
        };
        if (span is not { Recorded: true } || decides is not { } sequence || sequence <= 0)
        {
            return;
        }

        if (_opened is { } opened && opened.Sequence == sequence)
        {
            span.AddLink(new ActivityLink(opened.Span))
                .SetTag(ApplicationDiagnostics.ProposalTraceTag, opened.Span.TraceId.ToHexString());
            return;
        }

        try
        {
            var entries = await _services.Journal.ReadAsync(StreamId.Of(Id), sequence, 1, cancellationToken);
            if (entries is [{ Type: "proposal-opened" or "action-scheduled", TraceId.Length: > 0 } entry]
                && entry.Sequence == sequence)
            {
                span.SetTag(ApplicationDiagnostics.ProposalTraceTag, entry.TraceId);
            }
        }
        catch (Exception e) when (e is StorageUnavailableException or StorageOverloadedException)
        {
            // A trace is not worth a command.
        }
    }
}
