using System.Globalization;
using System.Text.Json;

namespace Pressroom.Tests.Announcements.Instagram;

/// <summary>The two-step publishing of Instagram and Threads: a container is published once, and its media are what readers see.</summary>
internal sealed class FakeContainers(string root, string make, string publish, string status, string list, string text)
{
    private readonly Dictionary<string, (IReadOnlyDictionary<string, string> Form, string? Media)> containers = [];

    /// <summary>What the next looks at a container find, before it is ready.</summary>
    public Queue<string> Statuses { get; } = new();

    /// <summary>The posts, by their id.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, string>> Posts { get; } = [];

    public int Made => containers.Count;

    public ServiceAnswer Answer(ServiceCall call)
    {
        if (call.Headers.GetValueOrDefault("Authorization") != "Bearer IGtoken0123456789")
        {
            return new ServiceAnswer(401, Error(190));
        }

        var path = call.Path[root.Length..];
        if (call.Method == "POST" && path == $"42/{make}")
        {
            containers.Add($"c{containers.Count + 1}", (call.Form, null));
            return Json(new { id = containers.Keys.Last() });
        }

        if (call.Method == "POST" && path == $"42/{publish}")
        {
            return Publish(call.Form["creation_id"]);
        }

        if (call.Method == "GET" && path == $"42/{list}")
        {
            return Json(new
            {
                data = Posts.Reverse().Select(post => new Dictionary<string, string>
                {
                    ["id"] = post.Key,
                    [text] = post.Value[text],
                    ["permalink"] = Permalink(post.Key),
                    ["timestamp"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", CultureInfo.InvariantCulture),
                }),
            });
        }

        if (call.Method == "GET" && containers.TryGetValue(path, out var container))
        {
            return Json(new Dictionary<string, string>
            {
                ["id"] = path,
                [status] = container.Media is not null ? "PUBLISHED" : Statuses.TryDequeue(out var next) ? next : "FINISHED",
            });
        }

        if (!Posts.ContainsKey(path))
        {
            return new ServiceAnswer(400, Error(100, 33));
        }

        if (call.Method == "DELETE")
        {
            Posts.Remove(path);
            return Json(new { success = true, deleted_id = path });
        }

        return Json(new { id = path, permalink = Permalink(path) });
    }

    public static string Permalink(string media) => $"https://social.example/p/{media}/";

    public static string Error(int code, int subcode = 0) =>
        JsonSerializer.Serialize(new { error = new { message = "Some words of theirs.", type = "OAuthException", code, error_subcode = subcode } });

    private ServiceAnswer Publish(string id)
    {
        if (!containers.TryGetValue(id, out var container))
        {
            return new ServiceAnswer(400, Error(24, 2207006));
        }

        if (container.Media is not null)
        {
            return new ServiceAnswer(400, Error(100, 2207999));
        }

        var media = $"m{Posts.Count + 1}";
        containers[id] = (container.Form, media);
        Posts.Add(media, container.Form);
        return Json(new { id = media });
    }

    private static ServiceAnswer Json<T>(T body) => new(200, JsonSerializer.Serialize(body));
}
