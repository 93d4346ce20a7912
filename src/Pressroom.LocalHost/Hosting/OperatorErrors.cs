using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Pressroom.LocalHost.Hosting;

/// <summary>What the operator can put right is said in a line or two; all else is a bug and shows its stack.</summary>
internal static class OperatorErrors
{
    /// <summary>Runs the host.</summary>
    /// <returns>The exit code: 0, or 1 after an operator's error.</returns>
    public static async Task<int> ExplainAsync(TextWriter errors, Func<Task> host)
    {
        try
        {
            await host();
            return 0;
        }
        catch (Exception exception) when (Explain(exception) is { } lines)
        {
            await errors.WriteLineAsync(lines);
            return 1;
        }
    }

    private static string? Explain(Exception? exception) => exception switch
    {
        null => null,
        IOperatorError => exception.Message,
        IOException { InnerException: AddressInUseException } => exception.Message,
        SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } => $"The address to listen on cannot be used: {exception.Message}.",
        _ => Explain(exception.InnerException),
    };
}
