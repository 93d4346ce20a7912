namespace Pressroom.StorageTests.Embedded;

internal static class Victim
{
    public static Task<int> WriteAsync(string folder, string round) => Task.FromResult(folder.Length + round.Length);

    public static Task<int> HoldAsync(string folder) => Task.FromResult(folder.Length);
}
