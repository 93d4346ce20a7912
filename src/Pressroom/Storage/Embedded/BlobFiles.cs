using Microsoft.Win32.SafeHandles;

namespace Pressroom.Storage.Embedded;

/// <summary>The blobs' bytes: a plain file for each, so that a container's folder is a static site. A blob's file carries its
/// <see cref="Blob.ModifiedAt"/>.</summary>
internal sealed class BlobFiles(DataFolder folder)
{
    public string PathOf(BlobPath blob) => Path.Combine(folder.Container(blob.Container), blob.Name.Replace('/', Path.DirectorySeparatorChar));

    public string TemporaryPath(string name) => Path.Combine(folder.Temporary, name);

    /// <summary>Writes a file that is still nobody's blob.</summary>
    /// <returns>Its name, for <see cref="Place"/>.</returns>
    public string WriteTemporary(ReadOnlySpan<byte> bytes, DateTimeOffset modified, bool durable)
    {
        var name = Guid.NewGuid().ToString("n");
        var path = TemporaryPath(name);
        try
        {
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(file, bytes, 0);
            File.SetLastWriteTimeUtc(file, modified.UtcDateTime);
            if (durable)
            {
                RandomAccess.FlushToDisk(file);
            }

            return name;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    public void DropTemporary(string name) => File.Delete(TemporaryPath(name));

    /// <summary>Deletes what a dead process left behind, except what is still to be placed.</summary>
    public void DropStrayTemporaries(IReadOnlySet<string> except)
    {
        foreach (var path in Directory.EnumerateFiles(folder.Temporary).Where(path => !except.Contains(Path.GetFileName(path))))
        {
            File.Delete(path);
        }
    }

    public bool HasTemporary(string name) => File.Exists(TemporaryPath(name));

    public bool IsFolder(BlobPath blob) => Directory.Exists(PathOf(blob));

    public bool HasFolder(BlobPath blob) => Directory.Exists(Path.GetDirectoryName(PathOf(blob)));

    /// <summary>Makes the folder that the blob's file will lie in.</summary>
    /// <exception cref="IOException">A file is in its way.</exception>
    public void MakeFolder(BlobPath blob)
    {
        if (blob.Container != "$web")
        {
            OwnerOnly.MakeFolder(folder.Container(blob.Container));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(blob))!);
    }

    /// <summary>Puts a temporary file where the blob's file is or will be, in one step.</summary>
    public void Place(string temporary, BlobPath blob)
    {
        var target = PathOf(blob);
        try
        {
            File.Move(TemporaryPath(temporary), target, overwrite: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A deletion has just taken the folder away with its last file.
            MakeFolder(blob);
            File.Move(TemporaryPath(temporary), target, overwrite: true);
        }
    }

    /// <summary>Deletes the blob's file, and the folders that it leaves empty.</summary>
    public void Delete(BlobPath blob)
    {
        var path = PathOf(blob);
        var container = folder.Container(blob.Container);
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        for (var parent = Path.GetDirectoryName(path)!; parent.Length > container.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (!Directory.Exists(parent) || Directory.EnumerateFileSystemEntries(parent).Any())
            {
                return;
            }

            Directory.Delete(parent);
        }
    }

    /// <summary>Makes the blob's file durable, where it still is.</summary>
    public void Flush(BlobPath blob)
    {
        try
        {
            using var file = File.OpenHandle(PathOf(blob), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted since.
        }
    }

    /// <summary>The length and time of the blob's file, or null where there is none.</summary>
    public (long Length, long Modified)? Stat(BlobPath blob)
    {
        var file = new FileInfo(PathOf(blob));
        if (file.Exists)
        {
            return (file.Length, file.LastWriteTimeUtc.Ticks);
        }

        folder.CheckThere();
        return null;
    }

    /// <summary>The whole file, as one version of it, or null where there is none.</summary>
    public (byte[] Bytes, DateTimeOffset Modified)? Read(BlobPath blob)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(PathOf(blob), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            folder.CheckThere();
            return null;
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(PathOf(blob)))
        {
            return null;
        }

        using (file)
        {
            var bytes = new byte[RandomAccess.GetLength(file)];
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and var more)
            {
                read += more;
            }

            return (read == bytes.Length ? bytes : bytes[..read], File.GetLastWriteTimeUtc(file));
        }
    }

    /// <summary>The names in the container that begin with the prefix, in ordinal order.</summary>
    public IEnumerable<string> List(string container, string prefix)
    {
        var parent = prefix[..(prefix.LastIndexOf('/') + 1)];
        return parent.Split('/')[..^1].Any(segment => segment is "" or "." or "..")
            ? []
            : Walk(Path.Combine(folder.Container(container), parent), parent, prefix);
    }

    private static IEnumerable<string> Walk(string folder, string name, string prefix)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }

        // A folder sorts as the names inside it do, which begin with its own name and a slash.
        return entries
            .Select(entry => (Entry: entry, Name: name + entry.Name + (entry is DirectoryInfo ? "/" : "")))
            .Where(found => found.Name.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(found => found.Name, StringComparer.Ordinal)
            .SelectMany(found => found.Entry is DirectoryInfo inner ? Walk(inner.FullName, found.Name, prefix) : [found.Name]);
    }
}
