using System.Reflection;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Host.Api;

/// <summary>Whether the caller wants to create and never to change: the header <c>If-None-Match: *</c> of a change.</summary>
/// <param name="Wanted">The header was sent.</param>
internal sealed record OnlyNew(bool Wanted) : IBindableFromHttpContext<OnlyNew>, IEndpointParameterMetadataProvider
{
    private static readonly RequestHeader s_header = new(
        "If-None-Match", "`*` creates only: the request is refused with 412 when the resource exists already.", "*");

    public static ValueTask<OnlyNew?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        new(new OnlyNew(context.Request.Headers.IfNoneMatch.ToString().Trim() == "*"));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(s_header);
        builder.Refuses(ProblemTypes.Changed);
    }
}
