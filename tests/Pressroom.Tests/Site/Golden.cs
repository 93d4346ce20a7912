using System.Text;

namespace Pressroom.Tests.Site;

/// <summary>Files that show what the site writes. <c>PRESSROOM_RENEW_GOLDEN=1</c> in the environment of a test run writes them anew;
/// look at the difference before committing it.</summary>
internal static class Golden
{
    public static void Matches(string name, byte[] bytes) => Matches(name, Encoding.UTF8.GetString(bytes));

    public static void Matches(string name, string actual)
    {
        var file = Path.Combine(Folder(), name);
        if (Environment.GetEnvironmentVariable("PRESSROOM_RENEW_GOLDEN") == "1")
        {
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"There is no golden file {name}: run once with PRESSROOM_RENEW_GOLDEN=1.");
        Assert.Equal(File.ReadAllText(file), actual);
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return Path.Combine(folder.FullName, "tests", "Pressroom.Tests", "Site", "Golden");
    }
}
