using Microsoft.Extensions.Time.Testing;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Tests.Newsletters.Mail;

/// <summary>How long the outbox keeps what is in it.</summary>
public sealed class ForgetOutboxTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-outbox-");

    [Fact]
    public void What_is_older_than_thirty_days_goes_and_whatever_else_is_there_stays()
    {
        foreach (var old in new[] { "old.eml", ".unfinished.tmp", "announcements/old.json", "announcements/old.txt", "announcements/.unfinished.tmp", "notes.md" })
        {
            Put(old, Now.AddDays(-31));
        }

        Put("young.eml", Now.AddDays(-29));
        Put("announcements/young.json", Now.AddDays(-29));
        new ForgetOutbox(folder.FullName, new FakeTimeProvider(Now)).Run();

        Assert.Equal(
            ["announcements/young.json", "notes.md", "young.eml"],
            folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_install_that_never_had_one_has_nothing_to_forget() =>
        new ForgetOutbox(Path.Combine(folder.FullName, "missing"), new FakeTimeProvider(Now)).Run();

    public void Dispose() => folder.Delete(recursive: true);

    private void Put(string name, DateTimeOffset writtenAt)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "x");
        File.SetLastWriteTimeUtc(path, writtenAt.UtcDateTime);
    }
}
