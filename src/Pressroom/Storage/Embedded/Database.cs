using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Pressroom.Storage.Embedded;

/// <summary>One SQLite connection, for one thread at a time. Each text of SQL is prepared once and kept.</summary>
/// <remarks>It talks to SQLite's own functions because a publish runs dozens of statements, and ADO.NET's objects would cost more
/// than the statements do.</remarks>
internal sealed class Database : IDisposable
{
    private const int PagesWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE
    private const int ExtendedErrorCodes = 0x02000000; // SQLITE_OPEN_EXRESCODE

    private readonly sqlite3 handle;
    private readonly Dictionary<string, Statement> statements = new(StringComparer.Ordinal);

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle) => this.handle = handle;

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="file">The path of the database.</param>
    /// <param name="cacheKilobytes">How much of it the connection keeps in memory.</param>
    public static Database Open(string file, int cacheKilobytes)
    {
        var code = raw.sqlite3_open_v2(
            file, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX | ExtendedErrorCodes, null);
        var database = new Database(handle);
        try
        {
            database.Check(code);
            database.Check(raw.sqlite3_busy_timeout(handle, 5000));
            database.Run("pragma journal_mode = wal");
            database.Run("pragma synchronous = full");
            database.Run("pragma fullfsync = on");
            database.Run("pragma wal_autocheckpoint = 0");
            database.Run("pragma temp_store = memory");
            database.Run($"pragma cache_size = -{cacheKilobytes}");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    public long LastId => raw.sqlite3_last_insert_rowid(handle);

    /// <summary>Runs a statement and ignores its rows.</summary>
    /// <returns>How many rows it inserted, updated or deleted.</returns>
    public int Run(string sql, params ReadOnlySpan<Value> values)
    {
        using var statement = Query(sql, values);
        while (statement.Read())
        {
        }

        return raw.sqlite3_changes(handle);
    }

    /// <summary>Begins a statement; dispose it before the same SQL is used again.</summary>
    public Statement Query(string sql, params ReadOnlySpan<Value> values)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            Check(raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared));
            statements.Add(sql, statement = new Statement(this, prepared));
        }

        statement.Begin(values);
        return statement;
    }

    /// <summary>Copies what the write-ahead log holds into the database file, as far as the mode says.</summary>
    /// <returns>False when readers or a writer were in the way of doing all of it.</returns>
    public bool Checkpoint(CheckpointMode mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(handle, "main", (int)mode, out var frames, out var copied);
        if (code is not raw.SQLITE_BUSY)
        {
            Check(code);
        }

        return code is raw.SQLITE_OK && frames == copied;
    }

    /// <summary>How many pages this connection has written to the log since the last call.</summary>
    public int TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(handle, PagesWritten, out var pages, out _, 1));
        return pages;
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteException($"SQLite: {raw.sqlite3_errmsg(handle).utf8_to_string()} ({code}).", code & 0xFF, code);
        }
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Finish();
        }

        handle.Dispose();
    }
}

/// <summary>SQLite's numbers for its ways to checkpoint.</summary>
internal enum CheckpointMode
{
    /// <summary>As much as goes without waiting for anybody.</summary>
    Passive = 0,

    /// <summary>All of it; the next write begins the log anew, over its old blocks.</summary>
    Restart = 2,

    /// <summary>All of it, and the log's file becomes empty.</summary>
    Truncate = 3,
}
