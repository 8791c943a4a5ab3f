using System.Net.Sockets;

namespace DevopsCd.Shared;

/// <summary>What a failed start says: one message for a person, without a stack trace.</summary>
internal static class StartFailure
{
    /// <summary>The exit code of a start that a person has to put right.</summary>
    public const int ExitCode = 2;

    /// <param name="program">Names the program.</param>
    /// <param name="failure">Why it does not start.</param>
    public static string Explain(string program, Exception failure) => $"{program} cannot start. {Cause(failure)}";

    private static string Cause(Exception failure)
    {
        if (Sockets(failure).FirstOrDefault() is { } socket && failure is SocketException or IOException)
            return socket.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"{Line(failure.Message)} Stop what listens there, or choose another address with urls.",
                SocketError.AccessDenied => "An address of urls may not be listened on: ports below 1024 need a right of their own; choose a higher one.",
                SocketError.AddressNotAvailable => "urls names an address that this machine does not have.",
                _ => $"An address of urls cannot be listened on: {Line(socket.Message)}."
            };
        return failure switch
        {
            FormatException when failure.Message.StartsWith("Invalid url",
                StringComparison.Ordinal) => $"urls: {Line(failure.Message)}; an address to listen on looks like http://0.0.0.0:8080.",
            FormatException => $"A setting cannot be read: {Line(failure.Message)}",
            UnauthorizedAccessException or IOException => Line(failure.Message),
            _ => string.Join(" – ", Chain(failure).Select(cause => $"{cause.GetType().Name}: {Line(cause.Message)}").Distinct())
        };
    }

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            yield return cause;
    }

    private static IEnumerable<SocketException> Sockets(Exception failure) => Chain(failure).OfType<SocketException>();

    private static string Line(string text) => text.ReplaceLineEndings(" ").Trim();
}
