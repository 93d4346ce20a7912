using System.Buffers;
using System.Text;

namespace Pressroom.Site.Themes;

/// <summary>Collects a page's characters in rented memory, and encodes them once.</summary>
internal sealed class PageBuffer : TextWriter
{
    private char[] characters = ArrayPool<char>.Shared.Rent(32 * 1024);
    private int length;

    public override Encoding Encoding => Encoding.UTF8;

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(characters, 0, length);

    public override void Write(char value)
    {
        Room(1)[0] = value;
        length++;
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        buffer.CopyTo(Room(buffer.Length));
        length += buffer.Length;
    }

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override Task WriteAsync(char value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(string? value)
    {
        Write(value.AsSpan());
        return Task.CompletedTask;
    }

    public override Task WriteAsync(char[] buffer, int index, int count)
    {
        Write(buffer.AsSpan(index, count));
        return Task.CompletedTask;
    }

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return Task.CompletedTask;
    }

    public override Task FlushAsync() => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        if (disposing && characters.Length > 0)
        {
            ArrayPool<char>.Shared.Return(characters);
            characters = [];
        }

        base.Dispose(disposing);
    }

    private Span<char> Room(int needed)
    {
        if (characters.Length - length < needed)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(characters.Length * 2, length + needed));
            characters.AsSpan(0, length).CopyTo(larger);
            ArrayPool<char>.Shared.Return(characters);
            characters = larger;
        }

        return characters.AsSpan(length);
    }
}
