using DevopsCd.Core.Access;

namespace DevopsCd.Core.Auditing;

/// <summary>Through what an event came.</summary>
internal static class EventSource
{
    /// <summary>The header in which consumers find the user that the broker vouches for; a sender cannot set it.</summary>
    public const string VerifiedUser = Senders.VerifiedUser;

    public const string Http = "http";
    public const string Message = "message";
    public const string Engine = "engine";

    /// <summary>Of a message on the bus.</summary>
    public static string Of(string? name) => name == Operators.Engine ? Engine : Message;
}
