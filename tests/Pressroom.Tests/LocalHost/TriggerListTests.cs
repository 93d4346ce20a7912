using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Pressroom.Tests.LocalHost;

/// <summary>All triggers in one list, so that a reviewer sees it change. Renew it by <c>PRESSROOM_RENEW=1</c>.</summary>
public sealed class TriggerListTests
{
    [Fact]
    public async Task The_triggers_are_those_of_the_list()
    {
        var file = Path.Combine(RepositoryFolder(), "tests", "Pressroom.Tests", "LocalHost", "triggers.txt");
        var now = string.Join('\n', typeof(FunctionAttribute).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)
            .Select(Describe)
            .Order(StringComparer.Ordinal)) + "\n";
        if (Environment.GetEnvironmentVariable("PRESSROOM_RENEW") == "1")
        {
            await File.WriteAllTextAsync(file, now, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), now);
    }

    private static string Describe(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        foreach (var parameter in method.GetParameters())
        {
            if (parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } http)
            {
                return $"http  {string.Join(',', http.Methods!).ToUpperInvariant(),-8} /{http.Route}  {name}";
            }

            if (parameter.GetCustomAttribute<QueueTriggerAttribute>() is { } queue)
            {
                return $"queue {queue.QueueName}  {name}";
            }

            if (parameter.GetCustomAttribute<TimerTriggerAttribute>() is { } timer)
            {
                return $"timer {timer.Schedule}  {name}";
            }
        }

        return $"?     {name}";
    }

    private static string RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functions.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
