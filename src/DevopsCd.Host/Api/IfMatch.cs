using System.Reflection;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace DevopsCd.Host.Api;

/// <summary>The states of which the caller has seen one: the header <c>If-Match</c>.</summary>
/// <param name="Tags">The ETags without quotes, or <c>*</c>; empty when the header is absent.</param>
internal sealed record IfMatch(IReadOnlyList<string> Tags) : IBindableFromHttpContext<IfMatch>, IEndpointParameterMetadataProvider
{
    public static RequestHeader Header { get; } = new("If-Match",
        "The `ETag` of the state that was looked at: the request is refused with 412 when it no longer holds. Without this header nothing is compared.",
        "\"3\"");

    /// <summary>What must still hold.</summary>
    /// <param name="onlyNew">Refuse to change what exists.</param>
    public Precondition Precondition(bool onlyNew = false) => new(Tags, onlyNew);

    /// <exception cref="BatchRefusedException">The header is no list of ETags.</exception>
    public static ValueTask<IfMatch?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var header = context.Request.Headers.IfMatch;
        var text = header.ToString();
        if (text.Length == 0)
            return new(new IfMatch([]));
        // A bare version has always been taken for the ETag of a batch.
        if (text.All(char.IsAsciiDigit))
            return new(new IfMatch([text]));
        return EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags)
            ? new(new IfMatch([.. tags.Where(t => !t.IsWeak).Select(t => t.Tag.ToString().Trim('"')).DefaultIfEmpty("")]))
            : throw BatchRefusedException.Content("If-Match", "must be an ETag as it was answered, in quotes, for example \"3\"");
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(Header);
        builder.Refuses(ProblemTypes.Changed, ProblemTypes.Invalid);
    }
}
