using System.ComponentModel;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Shared.Http;

/// <summary>Finds the parameter of a route that is not of its type, from the route's own description.</summary>
internal static class UnboundParameter
{
    /// <summary>A sentence about the first such parameter, or null.</summary>
    public static string? Find(HttpContext http)
    {
        // The framework takes the route off once its handler has thrown.
        var route = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        foreach (var parameter in route?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var type = Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType;
            var text = http.Features.Get<IExceptionHandlerFeature>()?.RouteValues?[parameter.Name]?.ToString() ?? http.Request.Query[parameter.Name].ToString();
            if (type.IsValueType && parameter.HasTryParse && text.Length > 0 && !TypeDescriptor.GetConverter(type).IsValid(text))
                return $"{parameter.Name}: '{text}' is not {Kind(type)}.";
        }
        return null;
    }

    private static string Kind(Type type) =>
        type == typeof(bool) ? "true or false" : type == typeof(int) || type == typeof(long) ? "a whole number" : "of the expected type";
}
