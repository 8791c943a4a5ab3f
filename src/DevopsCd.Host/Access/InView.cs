using System.Reflection;
using DevopsCd.Core.Access;

namespace DevopsCd.Host.Access;

/// <summary>What the caller may view: lists show nothing else.</summary>
/// <param name="Projects">The projects.</param>
internal sealed record InView(Visible Projects) : IBindableFromHttpContext<InView>
{
    public static async ValueTask<InView?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        new(await context.RequestServices.GetRequiredService<AccessDoor>().WhereAsync(Caller.Of(context), Permissions.View, context.RequestAborted));
}
