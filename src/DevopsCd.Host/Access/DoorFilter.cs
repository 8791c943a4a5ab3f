namespace DevopsCd.Host.Access;

/// <summary>Stands in front of every handler below <c>/api/v1</c>. A route that says nothing about rights lets nobody in.</summary>
internal sealed class DoorFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (http, route) = (context.HttpContext, context.HttpContext.GetEndpoint()!.Metadata);
        if (route.GetMetadata<ProvesItself>() is null)
            await http.RequestServices.GetRequiredService<Door>().PassAsync(http, route.GetMetadata<Requirement>()
                ?? throw new InvalidOperationException($"{http.GetEndpoint()!.DisplayName} does not say which permission it needs"));
        return await next(context);
    }
}
