using System.Globalization;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Releases;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access;

/// <summary>The check of rights in front of HTTP's handlers. What it refuses stands in the audit of access.</summary>
internal sealed class Door(AccessDoor door, ProjectsOf projects, CdDbContext db, IServiceScopeFactory scopes)
{
    /// <summary>Lets a request pass, or refuses it.</summary>
    /// <exception cref="BatchRefusedException">The caller lacks the permission, or may not even see what the address names.</exception>
    public async Task PassAsync(HttpContext http, Requirement needed)
    {
        var (caller, cancellationToken) = (Caller.Of(http), http.RequestAborted);
        if (needed.Of == RightsOf.Body || await door.IsAllowedEverywhereAsync(caller, needed.Permission, cancellationToken))
            return;
        if (needed.Of == RightsOf.Listed)
        {
            if ((await door.WhereAsync(caller, needed.Permission, cancellationToken)).Projects.Count == 0)
                await RequireAsync(http, needed.Permission, [Projects.All], null);
            return;
        }
        var permission = needed.Of == RightsOf.Event ? BatchEventTypes.Find(Named(http, "batchEvent"))?.Permission ?? needed.Permission : needed.Permission;
        // What is not there is told by the handler.
        if (await ConcernedAsync(http, needed.Of, cancellationToken) is not { } concerned)
            return;
        var refused = await door.LookAsync(caller, permission, concerned.Projects, Sentence.Quote(concerned.What), cancellationToken);
        // What a batch's event lacks is refused by the command, and stands in the batch's audit.
        if (refused is not null && !(needed.Of == RightsOf.Event && refused.Kind == RefusalKind.Denied))
            await RefuseAsync(http, refused);
    }

    /// <summary>The same, for a handler that knows which projects are concerned.</summary>
    /// <param name="http">The request.</param>
    /// <param name="permission">What it needs.</param>
    /// <param name="concerned">Where: in every one of them.</param>
    /// <param name="what">What there is none of for whoever may not see it; null to say what is missing.</param>
    /// <exception cref="BatchRefusedException">The caller lacks it.</exception>
    public async Task RequireAsync(HttpContext http, string permission, IReadOnlyCollection<string> concerned, string? what)
    {
        if (await door.LookAsync(Caller.Of(http), permission, concerned, Sentence.Quote(what), http.RequestAborted) is { } refused)
            await RefuseAsync(http, refused);
    }

    private async Task<(IReadOnlyCollection<string> Projects, string? What)?> ConcernedAsync(HttpContext http, RightsOf of,
        CancellationToken cancellationToken) => of switch
        {
            RightsOf.Everything => ([Projects.All], null),
            RightsOf.Project => ([Named(http, "name")], $"There is no project '{Named(http, "name")}'."),
            RightsOf.Batch or RightsOf.Event => Known(await projects.BatchAsync(Id(http), cancellationToken), None(http, of, $"batch {Id(http)}")),
            RightsOf.Application => Known(await projects.ApplicationAsync(Named(http, "name"), cancellationToken),
                None(http, of, Target(http) + $"application '{Named(http, "name")}'")),
            RightsOf.Build => Known(await projects.BuildAsync(Id(http), cancellationToken), $"There is no build {Id(http)}."),
            RightsOf.Operation => Known((await projects.OperationAsync(Named(http, "operationId"), cancellationToken))?.Project,
                $"there is no operation '{Named(http, "operationId")}'"),
            RightsOf.Notification => await NotifiedAsync(Id(http), cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(of))
        };

    /// <summary>A notice about a batch is seen by who sees the batch; a test notice by who may test.</summary>
    private async Task<(IReadOnlyCollection<string> Projects, string? What)?> NotifiedAsync(long id, CancellationToken cancellationToken)
    {
        var notice = await db.Set<Notification>().Where(n => n.Id == id).Select(n => new { n.BatchId }).SingleOrDefaultAsync(cancellationToken);
        return notice is null ? null
            : Known(notice.BatchId is { } batch ? await projects.BatchAsync(batch, cancellationToken) : null, $"There is no notification {id}.")
                ?? ([Projects.All], $"There is no notification {id}.");
    }

    /// <summary>Answers with a refusal, which stands in the audit where it is for want of a right.</summary>
    /// <exception cref="BatchRefusedException">The refusal.</exception>
    public async Task RefuseAsync(HttpContext http, BatchRefusedException refused)
    {
        if (refused.Kind == RefusalKind.Denied)
        {
            await using var scope = scopes.CreateAsyncScope();
            var origin = new AccessOrigin(Caller.Of(http), EventSource.Http, http.Connection.RemoteIpAddress?.ToString());
            scope.ServiceProvider.GetRequiredService<AccessJournal>().Denied(origin, $"{http.Request.Method} {http.Request.Path}",
                refused.Fields[BatchRefusedException.Permission][0], refused.Fields[BatchRefusedException.Projects] is [var one] ? one : null);
            await scope.ServiceProvider.GetRequiredService<CdDbContext>().SaveChangesAsync(http.RequestAborted);
        }
        throw refused;
    }

    private static (IReadOnlyCollection<string> Projects, string? What)? Known(IReadOnlyCollection<string>? projects, string what) =>
        projects is null ? null : (projects, what);

    private static (IReadOnlyCollection<string> Projects, string? What)? Known(string? project, string what) => project is null ? null : ([project], what);

    /// <summary>The words of the handler, or of the work behind it, where there is none.</summary>
    private static string None(HttpContext http, RightsOf of, string what) =>
        of == RightsOf.Event || HttpMethods.IsGet(http.Request.Method) ? $"There is no {what}." : $"there is no {what}";

    private static string Target(HttpContext http) => HttpMethods.IsGet(http.Request.Method) && http.Request.RouteValues.TryGetValue("stage", out var stage)
        ? $"target {stage}/{http.Request.RouteValues["cluster"]} of an "
        : "";

    private static string Named(HttpContext http, string parameter) => (string)http.Request.RouteValues[parameter]!;

    private static long Id(HttpContext http) => long.Parse(Named(http, "id"), CultureInfo.InvariantCulture);
}
