namespace AccountGrid.Application;

/// <content>
/// What happens seldom is shown as 0 from the start: a counter that appears with its first count looks as if it had
/// never grown, and an alert on its growth would sleep through it.
/// </content>
public sealed partial class ApplicationDiagnostics
{
    private void BeginAtZero()
    {
        _follows.Add(0);
        _damagedJournals.Add(0);
        foreach (var stream in (string[])["account", "operator", "brake", "policy"])
        {
            _fencesLost.Add(0, Tag("stream", stream));
        }

        foreach (var queue in (string[])["commands", "follows", "operators", "policy", "ledger"])
        {
            _queueRefusals.Add(0, Tag("queue", queue));
        }

        foreach (var cause in (string[])["format", "seal", "garbage", "hash", "tail"])
        {
            _snapshotsIgnored.Add(0, Tag("cause", cause));
        }
    }
}
