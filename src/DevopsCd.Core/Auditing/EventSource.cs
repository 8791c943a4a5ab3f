using MassTransit;

namespace DevopsCd.Core.Auditing;

/// <summary>Through what an event came.</summary>
internal static class EventSource
{
    /// <summary>Header by which the HTTP side says that it is the way in.</summary>
    public const string Header = "DevopsCd-Source";

    public const string Http = "http";
    public const string Message = "message";
    public const string Engine = "engine";

    public static string Of(ConsumeContext context, string? name) =>
        name == Operators.Engine ? Engine : context.Headers.Get<string>(Header) == Http ? Http : Message;
}
