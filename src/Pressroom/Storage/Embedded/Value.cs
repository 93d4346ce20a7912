using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Pressroom.Storage.Embedded;

/// <summary>A value for a parameter of a statement. SQLite copies it when the statement begins.</summary>
internal readonly struct Value
{
    private readonly Kind kind;
    private readonly long number;
    private readonly string? text;
    private readonly ReadOnlyMemory<byte> bytes;

    private Value(Kind kind, long number = 0, string? text = null, ReadOnlyMemory<byte> bytes = default) =>
        (this.kind, this.number, this.text, this.bytes) = (kind, number, text, bytes);

    private enum Kind
    {
        Null,
        Number,
        Text,
        Bytes,
    }

    public static implicit operator Value(long number) => new(Kind.Number, number: number);

    public static implicit operator Value(string? text) => new(text is null ? Kind.Null : Kind.Text, text: text);

    public static implicit operator Value(ReadOnlyMemory<byte> bytes) => new(Kind.Bytes, bytes: bytes);

    public static implicit operator Value(byte[]? bytes) => new(bytes is null ? Kind.Null : Kind.Bytes, bytes: bytes);

    public int Bind(sqlite3_stmt statement, int index) => kind switch
    {
        Kind.Number => raw.sqlite3_bind_int64(statement, index, number),
        Kind.Text => BindText(statement, index, text!),
        Kind.Bytes when bytes.IsEmpty => raw.sqlite3_bind_zeroblob(statement, index, 0),
        Kind.Bytes => raw.sqlite3_bind_blob(statement, index, bytes.Span),
        _ => raw.sqlite3_bind_null(statement, index),
    };

    private static int BindText(sqlite3_stmt statement, int index, string text)
    {
        const int OnStack = 512;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most <= OnStack)
        {
            Span<byte> small = stackalloc byte[OnStack];
            return raw.sqlite3_bind_text(statement, index, small[..Encoding.UTF8.GetBytes(text, small)]);
        }

        var large = ArrayPool<byte>.Shared.Rent(most);
        var code = raw.sqlite3_bind_text(statement, index, large.AsSpan(0, Encoding.UTF8.GetBytes(text, large)));
        ArrayPool<byte>.Shared.Return(large);
        return code;
    }
}
