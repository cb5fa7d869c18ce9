namespace AccountGrid.Conformance.Wire;

/// <summary>The audit: entries across accounts, checkpoints, and whether all of it is as it was written.</summary>
public abstract class EvidenceSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task Entries_are_found_by_stream_actor_type_and_time_in_commit_order(Protocol protocol)
    {
        var cast = Meet(protocol);
        var since = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        var ids = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await cast.RegisterAsync());
            await cast.Kim.DownAsync(ids[i]);
        }

        await cast.Lee.UpAsync(ids[1]);
        var byActor = await ListAsync($"actor = \"{cast.Kim.Name}\" AND type = \"hold-placed\"");
        Assert.Equal([$"a/{ids[2]}", $"a/{ids[1]}", $"a/{ids[0]}"], byActor.Select(static e => e.Stream));
        Assert.Equal(byActor.OrderByDescending(static e => e.Position), byActor);
        Assert.Equal("SPAM", byActor[0].Data.Fields["action"].StructValue.Fields["reason"].StringValue);
        Assert.Equal([3L, 2L, 1L], (await ListAsync($"stream = \"a/{ids[1]}\"")).Select(static e => e.Sequence));
        var hour = since.AddHours(1);
        Assert.Equal(3,
            (await ListAsync(
                $"actor = {cast.Kim.Name} AND at >= \"{since:O}\" AND at < \"{hour:O}\" AND type = hold-placed")).Count);
        Assert.Empty(await ListAsync($"actor = {cast.Kim.Name} AND at < \"{since:O}\""));

        async Task<List<V1.JournalEntry>> ListAsync(string filter)
        {
            var found = new List<V1.JournalEntry>();
            var query = new V1.ListAuditEntriesRequest
            {
                Filter = filter.Replace("+00:00", "Z", StringComparison.Ordinal),
                PageSize = 2,
            };
            do
            {
                var page = await cast.Lee.Wire.Audit.ListAuditEntriesAsync(query, Options);
                found.AddRange(page.Entries);
                query.PageToken = page.NextPageToken;
            }
            while (query.PageToken.Length > 0);
            return found;
        }
    }

    [Theory, BothProtocols]
    public async Task All_chains_roots_and_signatures_are_intact(Protocol protocol)
    {
        var cast = Meet(protocol);
        await cast.Kim.DownAsync(await cast.RegisterAsync());
        var before = await NextCheckpointAsync(cast, after: 0);
        var last = await NextCheckpointAsync(cast, before.Number);
        Assert.True(last.Position > before.Position);
        Assert.Matches("^[0-9a-f]{64}$", last.Root);
        var verified = await VerifyAsync(cast);
        Assert.True(verified.Intact, verified.Problem);
        Assert.True(verified.Position >= last.Position && verified.Checkpoints >= last.Number
            && verified.Entries >= last.Position);
        Assert.True(verified.HasCoveredPosition);
        Assert.InRange(verified.CoveredPosition, last.Position, verified.Position);
        foreach (var gateway in Grid.Everywhere)
        {
            var chain =
                (await cast.Lee.At(gateway).Audit.ListCheckpointsAsync(new() { PageSize = 1000 }, Options)).Checkpoints;
            Assert.Equal(chain.Count, chain[0].Number);
            Assert.Equal(chain.Skip(1).Select(static c => c.Number),
                chain.SkipLast(1).Select(static c => c.Number - 1));
            Assert.Single(chain.Select(static c => c.KeyId).Distinct());
            Assert.Contains(last, chain);
        }
    }

    /// <summary>A checkpoint is made once a second if there was something to sign; here there is.</summary>
    private static async Task<V1.Checkpoint> NextCheckpointAsync(Cast cast, long after)
    {
        while (true)
        {
            await cast.RegisterAsync();
            if ((await cast.Lee.Wire.Audit.ListCheckpointsAsync(new() { PageSize = 1 }, Options)).Checkpoints
                is [var last] && last.Number > after)
            {
                return last;
            }
        }
    }

    /// <summary>
    /// One verification runs at a time in the whole cluster; whoever comes second is told to come back.
    /// </summary>
    internal static async Task<V1.VerifyAuditResponse> VerifyAsync(Cast cast)
    {
        while (true)
        {
            try
            {
                return await cast.Lee.Wire.Audit.VerifyAuditAsync(new(), Options);
            }
            catch (Grpc.Core.RpcException e) when (WireError.From(e) is { Reason: "OVERLOADED" } busy)
            {
                await Task.Delay(busy.RetryDelay!.Value, Options.CancellationToken);
            }
        }
    }
}
