using System.ComponentModel;
using DevopsCd.Core.Access;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/stream</c>.</summary>
internal static class StreamEndpoints
{
    public static void AddStream(this IServiceCollection services) => services
        .AddSingleton<OpenStreams>()
        .AddSingleton<ChangeFollowing>();

    public static void MapStream(this IEndpointRouteBuilder api) =>
        api.MapGet("/stream", OpenAsync).Requires(Permissions.View, RightsOf.Listed).WithTags("Stream").WithMetadata(new NeedsNoPlace(), new Lasting())
            .Named("FollowChanges", "Follow changes of batches as they are committed",
                "Server-sent events, for as long as the connection lasts. Each `change` is one committed change of a batch that the caller may view: an event "
                + "of its audit, the progress of its applications, or another of its own. Its `id` is a cursor: sent back as `Last-Event-ID`, to "
                + "whichever host, the stream goes on without a gap and without a repetition. An `id` without data says how far the stream has come "
                + "while it had nothing to send. Changes are kept for 24 hours: where the cursor is older, the first event is a `reset`, and what the client "
                + "has is to be read again. The host ends a stream whose reader is too slow, or whose caller is not let in any more.")
            .Answers(200, "The stream has begun.").Refuses(ProblemTypes.NotFound);

    private static async Task<Results<ChangeStream, ProblemHttpResult>> OpenAsync(
        [Description("The `id` of the only batch to follow; without it all that the caller may view.")] long? batch,
        [Description("The name of the only project whose batches to follow.")] string? project,
        LastEventId last, HttpContext http, Door door, ProjectsOf projects, ProjectDesk desk, OpenStreams streams, CancellationToken cancellationToken)
    {
        if (batch is { } id)
        {
            if (await projects.BatchAsync(id, cancellationToken) is not { } concerned)
                return Problems.NotFound($"batch {id}");
            await door.RequireAsync(http, Permissions.View, concerned, $"There is no batch {id}.");
        }
        if (!string.IsNullOrEmpty(project))
        {
            await door.RequireAsync(http, Permissions.View, [project], $"There is no project '{project}'.");
            if (await desk.FindAsync(project, cancellationToken) is null)
                return Problems.NotFound($"project '{project}'");
        }
        if (streams.TryOpen() is { } place)
            return new ChangeStream(new StreamFilter(batch, string.IsNullOrEmpty(project) ? null : project), last.Cursor, place);
        http.Response.Headers.RetryAfter = "5";
        return Problems.Of(ProblemTypes.Unavailable, $"{OpenStreams.Most} streams are open on this host. This one was not opened; try again.");
    }
}
