using DevopsCd.Contracts.Api;
using DevopsCd.Core.Scanning;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/scan</c>.</summary>
internal static class ScanEndpoints
{
    public static void MapScan(this IEndpointRouteBuilder api) =>
        api.MapPost("/scan", Scan).WithTags("Scan").WithName("Scan").WithSummary("Run the three functions now")
            .WithMetadata(new LongWork(TimeSpan.FromMinutes(1)));

    private static async Task<IResult> Scan(BatchScan scan, CancellationToken cancellationToken) =>
        await scan.Run(cancellationToken) is { } result
            ? TypedResults.Ok(new ScanView { Refreshed = result.Refreshed, Started = result.Started, Prepared = result.Prepared, Woken = result.Woken })
            : TypedResults.Problem("Another scan runs in this moment; what it does is what this one would.", statusCode: StatusCodes.Status409Conflict, title: "A scan is running");
}
