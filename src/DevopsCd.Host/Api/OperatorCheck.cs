using DevopsCd.Core.Auditing;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Routing;

namespace DevopsCd.Host.Api;

/// <summary>
/// In mode <c>local</c> the header <c>X-Operator</c> says who asks, and without it the user of the operating system does. A request that
/// changes something under a name that cannot be a person's is refused, before anything of its body is read.
/// </summary>
internal sealed class OperatorCheck(RequestDelegate next)
{
    public const string Header = "X-Operator";
    public const int Longest = 100;

    /// <summary>Who asks where the header is missing: the operating system's user.</summary>
    public static string OfMachine { get; } = Operators.IsPerson(Environment.UserName) ? Environment.UserName : "local";

    /// <summary>For routes that systems call: a person who reports by hand is recorded.</summary>
    public static RequestHeader Optional { get; } = new(
        Header, "The name of the person who sends this; without it the request counts as the deploy system's.", "ann");

    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata is not { } route || route.GetMetadata<ApiRoute>() is null || !IsNeeded(route, [http.Request.Method]))
            return next(http);
        return Read(http) is null || Person(http) is not null
            ? next(http)
            : Problems.Of(ProblemTypes.OperatorRequired,
                $"The header {Header} takes your name, 1 to {Longest} visible characters; "
                + $"'{Operators.Engine}', '{Operators.DeploySystem}' and names that look like them are system identities.").ExecuteAsync(http);
    }

    public static void Describe(EndpointBuilder endpoint)
    {
        if (!IsNeeded(endpoint.Metadata, endpoint.Metadata.OfType<IHttpMethodMetadata>().SelectMany(methods => methods.HttpMethods)))
            return;
        endpoint.Metadata.Add(new RequestHeader(Header,
            $"The name of the person who asks, 1 to {Longest} visible characters, where nobody logs in (mode `local`). "
            + "It is recorded in the audit; without it the user of the operating system is.", "ann"));
        endpoint.Refuses(ProblemTypes.OperatorRequired);
    }

    /// <summary>The person's name in the header; null without one, and for what cannot be one.</summary>
    public static string? Person(HttpContext http) => Read(http) is { Length: <= Longest } name && Operators.IsPerson(name) ? name : null;

    /// <summary>What the header holds, whatever it is; null without one.</summary>
    public static string? Read(HttpContext http) => http.Request.Headers[Header].ToString() is { Length: > 0 } name ? name.Trim() : null;

    private static bool IsNeeded(IEnumerable<object> route, IEnumerable<string> methods) =>
        !route.OfType<AllowSystemCaller>().Any() && !methods.Any(HttpMethods.IsGet);
}
