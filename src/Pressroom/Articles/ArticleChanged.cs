using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Telemetry;

namespace Pressroom.Articles;

/// <summary>The message that an article has a new revision, or that something its pages show has changed.</summary>
public sealed record ArticleChanged(string Id, int Revision, ChangeCause Cause = ChangeCause.Edit) : TracedMessage
{
    /// <summary>The queue it travels in.</summary>
    public const string Queue = "article-changed";

    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MessageJson.Default.ArticleChanged);
}

/// <summary>Why an article's pages are looked at again.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChangeCause>))]
public enum ChangeCause
{
    /// <summary>It has a new revision.</summary>
    Edit,

    /// <summary>Another of its translations came, went or moved.</summary>
    Translation,

    /// <summary>Its author's record, the theme or the site's settings changed.</summary>
    Surroundings,

    /// <summary>Its approved comments changed, or were closed or opened: its own page alone shows that.</summary>
    Comments,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ArticleChanged))]
internal sealed partial class MessageJson : JsonSerializerContext;
