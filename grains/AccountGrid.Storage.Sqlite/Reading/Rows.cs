using System.Collections.Immutable;

namespace AccountGrid.Storage.Sqlite;

/// <summary>Reads all rows of a bound statement and resets it.</summary>
internal static class Rows
{
    public static ImmutableArray<T> Read<T>(Statement statement, Func<Statement, T> row)
    {
        using (statement)
        {
            var rows = ImmutableArray.CreateBuilder<T>();
            while (statement.Step())
            {
                rows.Add(row(statement));
            }

            return rows.DrainToImmutable();
        }
    }
}
