using System.Text.Json.Nodes;
using Pressroom.Access;

namespace Pressroom.Functions.Description;

/// <summary>A body that the API takes or gives, with one that could really come.</summary>
internal interface IExample<TSelf>
    where TSelf : IExample<TSelf>
{
    static abstract TSelf Example { get; }
}

/// <summary>What a call does, in one line, and the role that it needs. Every HTTP trigger has it; what else it takes and answers stands below it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DescribesAttribute(string summary) : Attribute
{
    public DescribesAttribute(Role role, string summary)
        : this(summary) => Role = role;

    public string Summary { get; } = summary;

    /// <summary>The role that it needs; null where anybody may call it.</summary>
    public Role? Role { get; }

    /// <summary>What a caller should know beyond the summary, as Markdown.</summary>
    public string? Notes { get; init; }
}

/// <summary>The feature that a class's calls belong to.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TopicAttribute(Topic topic) : Attribute
{
    public Topic Topic { get; } = topic;
}

/// <summary>The call does its work once for each <c>Idempotency-Key</c>; without a body of its own it takes an empty JSON object.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnceAttribute : Attribute;

/// <summary>The call heeds <c>If-Match</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class IfMatchAttribute : Attribute
{
    /// <summary>Whether it is refused without.</summary>
    public bool IsRequired { get; init; }
}

/// <summary>The call answers a page of a list: it takes <c>limit</c> and <c>cursor</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PagedAttribute : Attribute;

/// <summary>A parameter of the query.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class QueryAttribute(string name, string meaning, string example) : Attribute
{
    public string Name { get; } = name;

    public string Meaning { get; } = meaning;

    public string Example { get; } = example;

    public bool IsRequired { get; init; }

    /// <summary>All that it can be, where that is a set of words.</summary>
    public string[]? Words { get; init; }
}

/// <summary>A mailed link leads to the call: the query has its token, and where that is none of ours, a page says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MailedLinkAttribute : Attribute
{
    public static QueryAttribute Token { get; } = new("token", "What the mailed link has.", Samples.SignedToken) { IsRequired = true };

    public static ShowsAttribute Refusal { get; } = new(400, "The link is no link of ours, or too old.");
}

/// <summary>A header that the call reads, beyond those of <see cref="OnceAttribute"/> and <see cref="IfMatchAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class HeaderAttribute(string name, string meaning, string example) : Attribute
{
    public string Name { get; } = name;

    public string Meaning { get; } = meaning;

    public string Example { get; } = example;
}

/// <summary>Anybody may make the call any number of times. Elsewhere a token, or a network without one, has a limit.</summary>
/// <remarks>A one click of RFC 8058 is among these: mail providers make it for all their readers, from few networks, and its link is signed.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnlimitedAttribute : Attribute;

/// <summary>A body that the call takes. It is JSON, unless a derived attribute says otherwise.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal abstract class TakesAttribute(long? mostBytes, Type? shape, object? example) : Attribute
{
    /// <summary>The most bytes that it has; null where that is a setting, or not bounded, and the notes say so.</summary>
    public long? MostBytes { get; } = mostBytes;

    /// <summary>The body's shape; null where it is bytes and nothing else.</summary>
    public Type? Shape { get; } = shape;

    public object? Example { get; } = example;

    public virtual IReadOnlyList<string> ContentTypes { get; } = [MediaTypes.Json];

    /// <summary>Whether any of the fields may be left out, the required ones too.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Whether the call does something without it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether fields that are not described are passed over; elsewhere they are refused.</summary>
    public virtual bool IsOpen => false;
}

/// <inheritdoc/>
internal sealed class TakesAttribute<T>(long mostBytes) : TakesAttribute(mostBytes, typeof(T), T.Example)
    where T : IExample<T>;

/// <summary>A JSON array of objects, of which only the described fields are read.</summary>
internal sealed class TakesManyAttribute<T>(long mostBytes) : TakesAttribute(mostBytes, typeof(T[]), new[] { T.Example })
    where T : IExample<T>
{
    public override bool IsOpen => true;
}

/// <summary>A form, as browsers post it.</summary>
internal sealed class TakesFormAttribute<T>(long mostBytes) : TakesAttribute(mostBytes, typeof(T), T.Example)
    where T : IExample<T>
{
    public override IReadOnlyList<string> ContentTypes { get; } = [MediaTypes.Form, MediaTypes.Multipart];
}

/// <summary>A form with a file: a field whose <see cref="FieldAttribute.ContentTypes"/> are said.</summary>
internal sealed class TakesFileAttribute<T>() : TakesAttribute(null, typeof(T), T.Example)
    where T : IExample<T>
{
    public override IReadOnlyList<string> ContentTypes { get; } = [MediaTypes.Multipart];
}

/// <summary>A file by itself.</summary>
internal sealed class TakesBytesAttribute(string contentType) : TakesAttribute(null, null, null)
{
    public override IReadOnlyList<string> ContentTypes { get; } = [contentType];
}

/// <summary>Text of another type.</summary>
internal sealed class TakesTextAttribute(string contentType, long mostBytes, string example) : TakesAttribute(mostBytes, typeof(string), example)
{
    public override IReadOnlyList<string> ContentTypes { get; } = [contentType];
}

/// <summary>An answer that is no refusal.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal class AnswersAttribute(int status, string meaning) : Attribute
{
    public int Status { get; } = status;

    public string Meaning { get; } = meaning;

    /// <summary>The body's shape; null where there is no JSON.</summary>
    public virtual Type? Shape => null;

    /// <summary>The content type; null where there is no body.</summary>
    public virtual string? ContentType => null;

    public virtual object? Example => null;

    /// <summary>Whether the body is a file, and no text.</summary>
    public virtual bool IsBytes => false;

    /// <summary>Whether it has the version as its entity tag.</summary>
    public bool HasETag { get; init; }

    /// <summary>Whether it says where to go, or where what was made is found.</summary>
    public bool HasLocation { get; init; }

    /// <summary>Whether it says how long to wait.</summary>
    public bool HasRetryAfter { get; init; }
}

/// <summary>An answer in JSON.</summary>
internal sealed class AnswersAttribute<T>(int status, string meaning) : AnswersAttribute(status, meaning)
    where T : IExample<T>
{
    /// <summary>The fields that this answer does not have, though the shape does.</summary>
    public string[] Without { get; init; } = [];

    public override Type Shape => typeof(T);

    public override string ContentType => MediaTypes.Json;

    public override object Example
    {
        get
        {
            var example = Schemas.Write(T.Example, isTaken: false);
            foreach (var name in Without)
            {
                example.AsObject().Remove(name);
            }

            return example;
        }
    }
}

/// <summary>An answer in JSON whose fields are not fixed.</summary>
internal sealed class AnswersObjectAttribute(int status, string meaning, string example) : AnswersAttribute(status, meaning)
{
    public override Type Shape => typeof(JsonObject);

    public override string ContentType => MediaTypes.Json;

    public override object Example { get; } = JsonNode.Parse(example)!;
}

/// <summary>An answer that a person or a spreadsheet reads.</summary>
internal sealed class AnswersTextAttribute(int status, string contentType, string meaning, string example) : AnswersAttribute(status, meaning)
{
    public override string ContentType { get; } = contentType;

    public override object Example { get; } = example;
}

/// <summary>An answer that is a file.</summary>
internal sealed class AnswersBytesAttribute(int status, string contentType, string meaning) : AnswersAttribute(status, meaning)
{
    public override string ContentType { get; } = contentType;

    public override bool IsBytes => true;
}

/// <summary>A page for a person.</summary>
internal sealed class ShowsAttribute(int status, string meaning) : AnswersAttribute(status, meaning)
{
    public override string ContentType => MediaTypes.Html;
}

/// <summary>The problems that the call can answer with, beyond those that follow from its role, body, key and version.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RefusesAttribute(params string[] problems) : Attribute
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>What a field of a body means, and what it can be.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class FieldAttribute(string meaning) : Attribute
{
    public string Meaning { get; } = meaning;

    /// <summary>A format of JSON Schema: <c>uri</c>, <c>email</c>, …</summary>
    public string? Format { get; init; }

    /// <summary>The most characters of a text, or entries of a list; 0 for no such limit.</summary>
    public int Most { get; init; }

    /// <summary>All that it can be, where that is a set of words.</summary>
    public string[]? Words { get; init; }

    /// <summary>What it can be, where that is not of one type.</summary>
    public Type[]? Either { get; init; }

    /// <summary>What it can be, where it is a file in a form.</summary>
    public string[]? ContentTypes { get; init; }
}

internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string Form = "application/x-www-form-urlencoded";
    public const string Multipart = "multipart/form-data";
    public const string Html = "text/html";
    public const string Csv = "text/csv";
    public const string Script = "text/javascript";
    public const string Gzip = "application/gzip";
    public const string AnyPicture = "image/*";
}
