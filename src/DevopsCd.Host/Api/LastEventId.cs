using System.Globalization;
using System.Reflection;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Host.Api;

/// <summary>Where a stream goes on: the header <c>Last-Event-ID</c>, which browsers send by themselves when they connect again.</summary>
/// <param name="Cursor">The cursor of the last change that was received; null when the header is absent.</param>
internal sealed record LastEventId(long? Cursor) : IBindableFromHttpContext<LastEventId>, IEndpointParameterMetadataProvider
{
    private const string Name = "Last-Event-ID";

    private static readonly RequestHeader s_header = new(Name,
        "The `id` of the last event that was received: the stream goes on with the next one. Without this header it begins with what is committed from now on.",
        "4711");

    /// <exception cref="BatchRefusedException">The header is no id of an event.</exception>
    public static ValueTask<LastEventId?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var text = context.Request.Headers[Name].ToString();
        return text.Length == 0 ? new(new LastEventId((long?)null))
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor) ? new(new LastEventId((long?)cursor))
            : throw BatchRefusedException.Content(Name, "must be the id of an event as the stream has sent it, a whole number");
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(s_header);
        builder.Refuses(ProblemTypes.Invalid);
    }
}
