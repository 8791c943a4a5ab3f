using DevopsCd.Core.Auditing;

namespace DevopsCd.Host.Api;

/// <summary>Until people log in, the header <c>X-Operator</c> says who asks; whatever changes something is refused without it.</summary>
internal sealed class OperatorFilter : IEndpointFilter
{
    public const string Header = "X-Operator";
    private const int Longest = 100;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || http.GetEndpoint()?.Metadata.GetMetadata<SystemCaller>() is not null)
            return await next(context);
        return Read(http) is { } name && name.Length <= Longest && Operators.IsPerson(name)
            ? await next(context)
            : TypedResults.Problem($"Send the header {Header} with your name, 1 to {Longest} characters; '{Operators.Engine}' and '{Operators.DeploySystem}' are no persons.",
                statusCode: StatusCodes.Status401Unauthorized, title: "Who are you?");
    }

    public static string? Read(HttpContext http) => http.Request.Headers[Header].ToString() is { Length: > 0 } name ? name.Trim() : null;

    public static string Of(HttpContext http) => Read(http) ?? throw new InvalidOperationException("the filter lets nobody through without a name");
}
