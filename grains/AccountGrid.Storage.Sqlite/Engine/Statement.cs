using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// A prepared statement that its <see cref="Database"/> keeps. Bind all parameters in order with
/// <see cref="With(long)"/>, step, read, and dispose: disposing only resets it for the next use. Columns are read
/// without type checks, so that a tampered row is returned as it stands instead of failing the reader.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _handle;
    private int _bound;

    public Statement(sqlite3 db, string sql)
    {
        _db = db;
        Check(raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle));
    }

    public Statement With(long value)
    {
        Check(raw.sqlite3_bind_int64(_handle, ++_bound, value));
        return this;
    }

    public Statement With(long? value) => value is { } v ? With(v) : WithNull();

    public Statement With(string? text)
    {
        if (text is null)
        {
            return WithNull();
        }

        Check(raw.sqlite3_bind_text(_handle, ++_bound, text));
        return this;
    }

    public Statement With(ReadOnlySpan<byte> blob)
    {
        Check(raw.sqlite3_bind_blob(_handle, ++_bound, blob));
        return this;
    }

    public Statement WithNull()
    {
        Check(raw.sqlite3_bind_null(_handle, ++_bound));
        return this;
    }

    /// <summary>Goes to the next row; <c>false</c> at the end.</summary>
    public bool Step()
    {
        switch (raw.sqlite3_step(_handle))
        {
            case raw.SQLITE_ROW:
                return true;
            case raw.SQLITE_DONE:
                return false;
            case var rc:
                Check(rc);
                return false;
        }
    }

    /// <summary>Runs it to its end and resets it; the number of rows that it changed.</summary>
    public int Run()
    {
        using (this)
        {
            while (Step())
            {
            }

            return raw.sqlite3_changes(_db);
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    public bool IsBlob(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_BLOB;

    public long Int64(int column) => raw.sqlite3_column_int64(_handle, column);

    // Not sqlite3_column_text: that ends at a NUL character.
    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_handle, column));

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_handle, column).ToArray();

    /// <summary>Resets it. A failed step reports its error again here, so that is not checked.</summary>
    public void Dispose()
    {
        _ = raw.sqlite3_reset(_handle);
        _bound = 0;
    }

    public void Close() => _handle.Dispose();

    private void Check(int rc) => SqliteException.ThrowExceptionForRC(rc, _db);
}
