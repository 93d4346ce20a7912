using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.Json;

namespace Pressroom.Articles;

/// <summary>An article's identity: a version 7 UUID (RFC 9562) as 32 lower-case hexadecimal digits, so that ids sort by age.</summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct ArticleId
{
    internal const int Length = 32;

    private ArticleId(string value) => Value = value;

    /// <summary>The 32 digits.</summary>
    public string Value { get; }

    /// <summary>A new id of this moment.</summary>
    public static ArticleId New(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));

    /// <summary>The id that a UUID stands for.</summary>
    public static ArticleId Of(Guid uuid) => new(uuid.ToString("N"));

    /// <summary>Reads an id; false for any text that is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ArticleId id)
    {
        var valid = text is { Length: Length } && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));
        id = valid ? new ArticleId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id from our own storage.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static ArticleId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no article id.");

    /// <inheritdoc/>
    public override string ToString() => Value;

    internal sealed class JsonText : JsonConverter<ArticleId>
    {
        public override ArticleId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, ArticleId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
