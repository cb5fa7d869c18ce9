using System.Runtime.InteropServices;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>The array parameters of a batch statement, declared in order and filled anew for each batch.</summary>
internal sealed class StatementParameters(NpgsqlCommand command)
{
    /// <summary>Declares the next parameter. Without values it still has its type, which preparing needs.</summary>
    public Column<T> Add<T>()
    {
        var parameter = new NpgsqlParameter<T[]> { TypedValue = [] };
        command.Parameters.Add(parameter);
        return new Column<T>(parameter);
    }

    /// <summary>The call of a function with all of them.</summary>
    public string CallOf(string function) =>
        $"SELECT * FROM {function}({string.Join(", ", Enumerable.Range(1, command.Parameters.Count).Select(static n => $"${n}"))})";

    /// <summary>Memory as the array that it nearly always is.</summary>
    public static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is { } array
            && segment.Count == array.Length ? array : memory.ToArray();

    /// <summary>One array parameter.</summary>
    internal sealed class Column<T>(NpgsqlParameter<T[]> parameter)
    {
        /// <summary>Sets the values to one per item.</summary>
        public void Set<TItem>(IReadOnlyList<TItem> items, Func<TItem, T> value)
        {
            var values = new T[items.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = value(items[i]);
            }

            parameter.TypedValue = values;
        }

        /// <summary>Sets the values themselves.</summary>
        public void Set(T[] values) => parameter.TypedValue = values;
    }
}
