using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pressroom.Storage;

/// <summary>A row's columns as a JSON object that an operator can read with SQLite's own functions: text, truth and whole numbers
/// are JSON's own, and the others are <c>{"double": …}</c>, <c>{"time": …}</c> and <c>{"bytes": base64}</c>.</summary>
internal static class ColumnsJson
{
    private static readonly JsonWriterOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static ReadOnlyMemory<byte> Write(Columns columns)
    {
        var json = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(json, Unescaped);
        writer.WriteStartObject();
        foreach (var (name, value) in columns)
        {
            writer.WritePropertyName(name);
            switch (value)
            {
                case string text:
                    writer.WriteStringValue(text);
                    break;
                case bool truth:
                    writer.WriteBooleanValue(truth);
                    break;
                case long number:
                    writer.WriteNumberValue(number);
                    break;
                case double number:
                    writer.WriteStartObject();
                    writer.WriteNumber("double", number);
                    writer.WriteEndObject();
                    break;
                case DateTimeOffset time:
                    writer.WriteStartObject();
                    writer.WriteString("time", time.UtcDateTime);
                    writer.WriteEndObject();
                    break;
                case byte[] bytes:
                    writer.WriteStartObject();
                    writer.WriteBase64String("bytes", bytes);
                    writer.WriteEndObject();
                    break;
                default:
                    throw new ArgumentException($"Column '{name}' cannot hold a {value.GetType().Name}.");
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }

    public static Columns Read(ReadOnlySpan<byte> json)
    {
        var columns = new Columns();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            columns.Add(name, reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number => reader.GetInt64(),
                JsonTokenType.StartObject => Typed(ref reader),
                _ => reader.GetBoolean(),
            });
        }

        return columns;
    }

    private static object Typed(ref Utf8JsonReader reader)
    {
        reader.Read();
        var type = reader.GetString();
        reader.Read();
        object value = type switch
        {
            "double" => reader.GetDouble(),
            "time" => reader.GetDateTimeOffset(),
            "bytes" => reader.GetBytesFromBase64(),
            _ => throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"A row has a column of the type '{type}'.")),
        };
        reader.Read();
        return value;
    }
}
