namespace Pressroom.Storage.Embedded;

/// <summary>The folder that the embedded engine keeps everything in, locked for as long as it is open.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream locked;

    private DataFolder(string path, FileStream locked) => (Path, this.locked) = (path, locked);

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "pressroom.db");

    public string DatabaseLog => Database + "-wal";

    public string Temporary => System.IO.Path.Combine(Path, "tmp");

    /// <summary>Makes the folder where it is missing and locks it.</summary>
    /// <exception cref="DataFolderInUseException">Somebody else has it open.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(path);
        var folder = new DataFolder(path, Lock(path));
        OwnerOnly.MakeFolder(folder.Temporary);
        folder.KeepDatabasePrivate();
        return folder;
    }

    /// <summary>The folder of a container. Containers lie beside the other files; their names keep clear of those: <see cref="AzureLimits"/>.</summary>
    public string Container(string name) => System.IO.Path.Combine(Path, name == "$web" ? "site" : name);

    /// <summary>Makes all files in the folder durable that were closed or renamed before.</summary>
    /// <returns>False where the system has no such call, so that each file needs its own.</returns>
    public bool TryFlush() => Disk.TryFlush(locked.SafeFileHandle);

    /// <summary>Tells a file that is missing from a folder that is: the disk may not be mounted any more, and then nothing is known of any file.</summary>
    /// <exception cref="IOException">The folder, or what the engine keeps in it, is gone.</exception>
    public void CheckThere()
    {
        if (!Directory.Exists(Temporary))
        {
            throw new IOException("The data folder is gone.");
        }
    }

    public void Dispose() => locked.Dispose();

    /// <summary>The folder may be readable, so that a web server can serve the site, but the database holds people's addresses.
    /// SQLite gives the files beside it the same rights.</summary>
    private void KeepDatabasePrivate()
    {
        if (!OperatingSystem.IsWindows())
        {
            OwnerOnly.Open(Database, FileMode.OpenOrCreate, FileShare.Read).Dispose();
        }
    }

    /// <summary>No sharing is an exclusive flock on Unix, which another process and another open of this one meet alike, and
    /// which ends with the process however that ends.</summary>
    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException refused) when (IsHeld(refused))
        {
            throw new DataFolderInUseException(path, refused);
        }
    }

    /// <summary>EWOULDBLOCK of Linux or of macOS, or a sharing violation of Windows.</summary>
    private static bool IsHeld(IOException refused) => refused.HResult is 11 or 35 or unchecked((int)0x80070020);
}

/// <summary>Another process, or another part of this one, has the data folder open. Two would lose each other's writes.</summary>
public sealed class DataFolderInUseException : IOException, IOperatorError
{
    internal DataFolderInUseException(string folder, Exception refused)
        : base($"The data folder {folder} is open already, in another process or in this one.", refused)
    {
    }
}
