using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pressroom.Storage.Embedded;

/// <summary>What .NET has no call for.</summary>
internal static class Disk
{
    /// <summary>Writes all that the file's file system holds in memory to the disk, and waits for it: syncfs(2), Linux only.</summary>
    /// <exception cref="IOException">Something could not be written.</exception>
    public static bool TryFlush(SafeFileHandle anyFile)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        if (SyncFs(anyFile) != 0)
        {
            throw new IOException("The disk did not take what was written.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }

        return true;
    }

    [DllImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SyncFs(SafeFileHandle file);
}
