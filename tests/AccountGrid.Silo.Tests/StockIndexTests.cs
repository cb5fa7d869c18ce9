using Xunit.Sdk;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// The contract's tests can fail: with an index that is not unique, as the provider's stock scripts have it, two first
/// writes of one grain's state both succeed. So the table is changed to that, and the contract's own test must say so;
/// another one, which does not depend on it, must not.
/// </summary>
public sealed class StockIndexTests
{
    [Fact]
    public async Task An_index_that_is_not_unique_is_caught()
    {
        var contract = new OnStockIndex();
        try
        {
            await contract.InitializeAsync();
            await contract.What_was_cleared_is_gone_and_may_be_written_again();
            await Assert.ThrowsAnyAsync<XunitException>(
                contract.Of_two_first_writes_at_once_one_wins_and_there_is_one_row);
        }
        finally
        {
            await contract.DisposeAsync();
        }
    }

    /// <summary>Not a test class of its own: xunit runs public ones only.</summary>
    private sealed class OnStockIndex : ClusterDatabaseContract
    {
        private const string Row =
            "GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1";

        protected override async Task MakeDatabaseAsync()
        {
            await base.MakeDatabaseAsync();
            await ScalarAsync("ALTER TABLE OrleansStorage DROP CONSTRAINT orleansstorage_pkey");
            await ScalarAsync("CREATE INDEX stock ON OrleansStorage (GrainIdHash, GrainTypeHash)");

            // With nothing to conflict with, a first write is: look whether there is a row, and if there is none,
            // insert. The pause makes sure that two at once both look first.
            await ScalarAsync($$"""
                UPDATE OrleansQuery SET QueryText = $q$
                    WITH pause AS MATERIALIZED (SELECT 1 FROM pg_sleep(0.02)),
                    changed AS (
                        UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1
                        WHERE {{Row}} AND Version = @GrainStateVersion::integer
                        RETURNING Version
                    ), added AS (
                        INSERT INTO OrleansStorage (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
                        SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, coalesce(@GrainIdExtensionString::text, ''), @ServiceId, @PayloadBinary, now(), 1
                        FROM pause WHERE @GrainStateVersion::integer IS NULL AND NOT EXISTS (SELECT 1 FROM OrleansStorage WHERE {{Row}})
                        RETURNING Version
                    )
                    SELECT Version AS NewGrainStateVersion FROM changed UNION ALL SELECT Version FROM added
                $q$
                WHERE QueryKey = 'WriteToStorageKey'
                """);
        }
    }
}
