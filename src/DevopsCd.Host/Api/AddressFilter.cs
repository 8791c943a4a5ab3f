using DevopsCd.Core.Batches;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace DevopsCd.Host.Api;

/// <summary>No text of an address holds what no database keeps. Bodies are checked where they are read.</summary>
internal sealed class AddressFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.Arguments.Any(argument => argument is string text && text.Contains('\0'))
            ? throw BatchRefusedException.Content("request", "no part of the address may contain the character U+0000")
            : next(context);

    /// <summary>The same for what is no number or no truth value: such a parameter binds to nothing.</summary>
    public static void Describe(EndpointBuilder endpoint)
    {
        foreach (var parameter in endpoint.Metadata.OfType<IParameterBindingMetadata>().ToList())
        {
            if (endpoint is not RouteEndpointBuilder route || route.RoutePattern.GetParameter(parameter.Name) is not null)
                continue;
            if (parameter.ParameterInfo.ParameterType == typeof(string))
                endpoint.Refuses(ProblemTypes.Invalid);
            else if (parameter.HasTryParse)
                endpoint.Refuses(ProblemTypes.Unreadable);
        }
    }
}
