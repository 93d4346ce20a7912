using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pressroom.Functions.Description;

/// <summary>The bodies' shapes as JSON Schema (draft 2020-12), each once and by name, read from what really writes them.</summary>
/// <remarks>Answers are read from the source-generated metadata that they are written with; what is taken is read from its declared record.
/// A field that may be null is left out of an answer when it is, so it is not required, and never null.</remarks>
internal sealed class Schemas
{
    private const string Prefix = "#/components/schemas/";
    private const string AnyBytes = "application/octet-stream";

    // As the answers are written; for the records that only declare what is read.
    private static readonly JsonSerializerOptions Declared = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly IReadOnlyList<JsonSerializerContext> Written =
    [
        .. typeof(Schemas).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)))
            .Select(type => (JsonSerializerContext)type.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!),
    ];

    private static readonly string[] Suffixes = ["Answer", "Fields"];

    private readonly SortedDictionary<string, JsonNode> components = new(StringComparer.Ordinal);

    /// <summary>All shapes that were asked for, by name.</summary>
    public JsonObject Components() => new(components.Select(component => KeyValuePair.Create(component.Key, (JsonNode?)component.Value.DeepClone())));

    /// <summary>Adds a shape that is no record's.</summary>
    public void Add(string name, JsonObject schema) => components[name] = schema;

    /// <summary>The schema of an answer.</summary>
    public JsonNode OfAnswer(Type type) => type == typeof(JsonObject)
        ? new JsonObject { ["type"] = "object" }
        : Reference(InfoOf(type), Use.Answered);

    /// <summary>The schema of what a call takes.</summary>
    public JsonNode OfTaken(TakesAttribute body) =>
        Reference(Declared.GetTypeInfo(body.Shape!), body.IsPartial ? Use.TakenInPart : body.IsOpen ? Use.TakenAmongOthers : Use.Taken);

    /// <summary>The schema of bytes that are sent as they are: they have no JSON type (OpenAPI 3.1.1, "Working with Binary Data").</summary>
    public static JsonObject OfBytes(string contentType) =>
        contentType.EndsWith("/*", StringComparison.Ordinal) ? [] : new JsonObject { ["contentMediaType"] = contentType };

    /// <summary>The types that a form's files can be of, by their fields.</summary>
    public static JsonObject EncodingOf(Type form) => new(
        from property in Declared.GetTypeInfo(form).Properties
        where FieldOf(property)?.ContentTypes is not null
        select KeyValuePair.Create(property.Name, (JsonNode?)new JsonObject { ["contentType"] = string.Join(", ", FieldOf(property)!.ContentTypes!) }));

    /// <summary>An example as it is sent or answered.</summary>
    public static JsonNode Write(object example, bool isTaken) => example switch
    {
        JsonNode json => json.DeepClone(),
        string text => JsonValue.Create(text),
        _ => JsonSerializer.SerializeToNode(example, isTaken ? Declared.GetTypeInfo(example.GetType()) : InfoOf(example.GetType()))!,
    };

    public static JsonObject ReferenceTo(string name) => new() { ["$ref"] = Prefix + name };

    private static JsonTypeInfo InfoOf(Type type) =>
        Written.Select(context => context.GetTypeInfo(type)).FirstOrDefault(info => info is not null)
        ?? throw new InvalidOperationException($"No serializer's context of this assembly knows {type.Name}.");

    private JsonNode Reference(JsonTypeInfo info, Use use)
    {
        if (info.Kind != JsonTypeInfoKind.Object)
        {
            return Export(info, use);
        }

        var name = NameOf(info.Type, use);
        if (!components.ContainsKey(name))
        {
            components[name] = new JsonObject(); // its place, so that it is not made twice
            components[name] = Export(info, use);
        }

        return ReferenceTo(name);
    }

    // Of what is answered the bare name: Article. Of what is taken ArticleFields, and ArticleChanges where all can be left out.
    private static string NameOf(Type type, Use use)
    {
        var name = Suffixes.FirstOrDefault(suffix => type.Name.EndsWith(suffix, StringComparison.Ordinal)) is { } end ? type.Name[..^end.Length] : type.Name;
        return use switch
        {
            Use.Answered => name,
            _ when name.EndsWith("Form", StringComparison.Ordinal) => name,
            Use.TakenInPart => name + "Changes",
            _ => name + "Fields",
        };
    }

    private JsonNode Export(JsonTypeInfo root, Use use) => root.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, node) =>
        {
            var isObject = context.TypeInfo.Kind == JsonTypeInfoKind.Object;
            var isNested = isObject && !context.Path.IsEmpty;
            var schema = isNested ? Reference(context.TypeInfo, use == Use.TakenInPart ? Use.Taken : use).AsObject() : node as JsonObject ?? [];
            if (isObject && !isNested)
            {
                Require(schema, context.TypeInfo, use);
            }

            return context.PropertyInfo is { } property
                ? WithField(schema, property, mayBeNull: use != Use.Answered && property.IsGetNullable, use)
                : schema;
        },
    });

    private static void Require(JsonObject schema, JsonTypeInfo info, Use use)
    {
        schema["type"] = "object";
        schema.Remove("required");
        var required = info.Properties.Where(property => !property.IsGetNullable && ParameterOf(property)?.HasDefaultValue != true)
            .Select(property => (JsonNode)property.Name).ToArray();
        if (required.Length > 0 && use != Use.TakenInPart)
        {
            schema["required"] = new JsonArray(required);
        }

        if (use is Use.Taken or Use.TakenInPart)
        {
            schema["additionalProperties"] = false;
        }
    }

    private JsonObject WithField(JsonObject schema, JsonPropertyInfo property, bool mayBeNull, Use use)
    {
        var field = FieldOf(property);
        if (field?.ContentTypes is not null)
        {
            schema = OfBytes(AnyBytes);
        }
        else if (field?.Either is { } either)
        {
            JsonNode[] kinds = [.. either.Select(type => Reference(use == Use.Answered ? InfoOf(type) : Declared.GetTypeInfo(type), use))];
            schema = mayBeNull ? OrNull(kinds) : new JsonObject { ["anyOf"] = new JsonArray(kinds) };
        }
        else if (mayBeNull && schema.ContainsKey("$ref"))
        {
            schema = OrNull([schema]);
        }

        SetNull(schema, mayBeNull);
        schema.Remove("default");
        if (field is null)
        {
            return schema;
        }

        schema["description"] = field.Meaning;
        if (field.Format is not null)
        {
            schema["format"] = field.Format;
        }

        if (field.Most > 0)
        {
            schema[schema.ContainsKey("items") ? "maxItems" : "maxLength"] = field.Most;
        }

        if (field.Words is { } choices)
        {
            var words = new JsonArray([.. choices]);
            if (schema["items"] is JsonObject items)
            {
                items["enum"] = words;
            }
            else
            {
                schema["enum"] = words;
                if (mayBeNull)
                {
                    words.Add(null);
                }
            }
        }

        return schema;
    }

    private static JsonObject OrNull(JsonNode[] choices) => new() { ["anyOf"] = new JsonArray([.. choices, new JsonObject { ["type"] = "null" }]) };

    private static void SetNull(JsonObject schema, bool mayBeNull)
    {
        if (schema["type"] is not { } type)
        {
            return;
        }

        var types = (type is JsonArray several ? several.Select(one => (string)one!) : [(string)type!]).Where(one => one != "null").ToList();
        schema["type"] = types.Count == 1 && !mayBeNull ? types[0] : new JsonArray([.. types.Append(mayBeNull ? "null" : null).OfType<string>()]);
    }

    private static FieldAttribute? FieldOf(JsonPropertyInfo property) => ParameterOf(property)?.GetCustomAttribute<FieldAttribute>();

    // Of a record the parameters have the attributes and defaults, and the properties have the names.
    private static ParameterInfo? ParameterOf(JsonPropertyInfo property) => property.DeclaringType.GetConstructors()
        .SelectMany(constructor => constructor.GetParameters())
        .FirstOrDefault(parameter => string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase));

    private enum Use
    {
        Answered,
        Taken,
        TakenInPart,
        TakenAmongOthers,
    }
}
