using System.Collections.Immutable;

namespace AccountGrid.Chaos.Workloads;

/// <summary>A proposal that somebody was told of.</summary>
internal sealed record OpenProposal(long Account, long Sequence, string Digest, string ProposedBy);

/// <summary>
/// What the clients tell each other: accounts that exist and proposals that wait. Thread-safe, bounded.
/// </summary>
internal sealed class SharedBoard(int maxProposals)
{
    private readonly Lock _lock = new();
    private readonly List<OpenProposal> _proposals = [];
    private ImmutableArray<long> _accounts = [];

    /// <summary>The accounts that are registered for certain.</summary>
    public ImmutableArray<long> Accounts
    {
        get
        {
            lock (_lock)
            {
                return _accounts;
            }
        }
    }

    /// <summary>An account exists.</summary>
    public void Add(long account)
    {
        lock (_lock)
        {
            _accounts = _accounts.Add(account);
        }
    }

    /// <summary>A proposal waits; the oldest is forgotten when there are too many.</summary>
    public void Add(OpenProposal proposal)
    {
        lock (_lock)
        {
            if (_proposals.Count == maxProposals)
            {
                _proposals.RemoveAt(0);
            }

            _proposals.Add(proposal);
        }
    }

    /// <summary>Looks at one of the proposals, and mostly takes it away: sometimes two people try the same.</summary>
    public OpenProposal? Take(Random random)
    {
        lock (_lock)
        {
            if (_proposals.Count == 0)
            {
                return null;
            }

            var index = random.Next(_proposals.Count);
            var proposal = _proposals[index];
            if (random.Next(4) > 0)
            {
                _proposals.RemoveAt(index);
            }

            return proposal;
        }
    }
}
