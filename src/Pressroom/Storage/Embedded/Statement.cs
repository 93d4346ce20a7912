using System.Text;
using SQLitePCL;

namespace Pressroom.Storage.Embedded;

/// <summary>A prepared statement at work: read row by row, then disposed, which makes it ready for its next use.</summary>
internal sealed class Statement(Database database, sqlite3_stmt prepared) : IDisposable
{
    private bool busy;

    public void Begin(ReadOnlySpan<Value> values)
    {
        if (busy)
        {
            throw new InvalidOperationException("The statement is still being read.");
        }

        busy = true;
        for (var i = 0; i < values.Length; i++)
        {
            var code = values[i].Bind(prepared, i + 1);
            if (code != raw.SQLITE_OK)
            {
                Dispose();
                database.Check(code);
            }
        }
    }

    /// <summary>Goes to the next row; false after the last one.</summary>
    public bool Read()
    {
        var code = raw.sqlite3_step(prepared);
        database.Check(code);
        return code == raw.SQLITE_ROW;
    }

    public long Number(int column) => raw.sqlite3_column_int64(prepared, column);

    // Read as bytes, because SQLite's text ends at a NUL.
    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(prepared, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public bool IsNull(int column) => raw.sqlite3_column_type(prepared, column) == raw.SQLITE_NULL;

    /// <summary>Bytes of SQLite's, good until the next row.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(prepared, column);

    public void Dispose()
    {
        raw.sqlite3_reset(prepared);
        raw.sqlite3_clear_bindings(prepared);
        busy = false;
    }

    public void Finish() => prepared.Dispose();
}
