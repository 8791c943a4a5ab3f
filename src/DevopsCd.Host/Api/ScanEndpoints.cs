using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Scanning;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/scan</c>.</summary>
internal static class ScanEndpoints
{
    public static void MapScan(this IEndpointRouteBuilder api) =>
        api.MapPost("/scan", ScanAsync).Requires(Permissions.DeployPre, RightsOf.Everything).WithTags("Scan")
            .WithMetadata(new RequestTimeoutMetadata(TimeSpan.FromMinutes(1)))
            .Named("Scan", "Run a scan now",
                "Does at once what the engine does every `core.scan_interval`: refreshes builds, starts pre-deploys, prepares production and finds what a lost message left behind.")
            .Answers(200, "The scan is over; the body says what it did.").Refuses(ProblemTypes.ScanRunning);

    private static async Task<Results<Ok<ScanView>, ProblemHttpResult>> ScanAsync(BatchScan scan, CancellationToken cancellationToken) =>
        await scan.RunAsync(cancellationToken) is { } result
            ? TypedResults.Ok(new ScanView
            {
                Refreshed = result.Refreshed,
                Started = result.Started,
                Prepared = result.Prepared,
                Woken = result.Woken,
                Expired = result.Expired
            })
            : Problems.Of(ProblemTypes.ScanRunning, "Another scan is running; it does what this one would do.");
}
