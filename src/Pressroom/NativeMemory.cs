using System.Runtime.InteropServices;

namespace Pressroom;

/// <summary>The memory of the libraries that are not .NET's: SQLite's and libvips'. Only glibc can be asked to mind it; elsewhere all of
/// this does nothing.</summary>
public static class NativeMemory
{
    // malloc.h of glibc.
    private const int MmapThreshold = -3;

    // What it begins with.
    private const int UsualThreshold = 128 * 1024;

    /// <summary>Gives back to the system what was freed. The C library keeps it, and after a large picture that is hundreds of megabytes.</summary>
    public static void GiveBack()
    {
        if (IsGlibcWith("malloc_trim"))
        {
            _ = MallocTrim(0);
        }
    }

    /// <summary>Has every large block be one of its own, which goes back to the system at once when it is freed. Otherwise the C library
    /// takes what was large once for usual, keeps its like in the heaps of all threads, and a process grows for hours. Call it first of all.</summary>
    public static void KeepHeapsSmall()
    {
        if (IsGlibcWith("mallopt"))
        {
            _ = MallOpt(MmapThreshold, UsualThreshold);
        }
    }

    private static bool IsGlibcWith(string function) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), function, out _);

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int MallocTrim(nuint pad);

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int MallOpt(int parameter, int value);
}
