using System.ComponentModel;
using System.Text;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches.Delivery;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/dora</c>.</summary>
internal static class DoraEndpoints
{
    private const string ProjectMeaning = "The name of a project; without it all that the caller may view.",
        FromMeaning = "The first day, in UTC, such as `2026-11-01`; without it 30 days until the last one.",
        ToMeaning = "The last day, in UTC; without it today.";

    public static void MapDora(this IEndpointRouteBuilder api)
    {
        api.MapGet("/dora", ShowAsync).Requires(Permissions.View, RightsOf.Listed).WithTags("Delivery")
            .Named("ShowDora", "Show how delivery goes, by DORA's five measures",
                "Reckoned from the audit, the operations and the builds, each with its definition. A batch that spans projects that the caller may not view "
                + "is not in it.")
            .Answers(200, "The measures of the time.").Refuses(ProblemTypes.Invalid);
        api.MapGet("/dora.csv", CsvAsync).Requires(Permissions.View, RightsOf.Listed).WithTags("Delivery")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .Named("ExportDora", "Get DORA's five measures as CSV").Answers(200, "A row for each project and measure.").Refuses(ProblemTypes.Invalid);
    }

    private static async Task<Ok<DoraView>> ShowAsync(
        [Description(ProjectMeaning)] string? project, [Description(FromMeaning)] DateOnly? from, [Description(ToMeaning)] DateOnly? to,
        InView view, DeliveryReport report, CancellationToken cancellationToken) =>
        TypedResults.Ok(await report.ReadAsync(view.Projects, project, from, to, cancellationToken));

    private static async Task<FileContentHttpResult> CsvAsync(
        [Description(ProjectMeaning)] string? project, [Description(FromMeaning)] DateOnly? from, [Description(ToMeaning)] DateOnly? to,
        InView view, DeliveryReport report, CancellationToken cancellationToken)
    {
        var csv = await report.CsvAsync(view.Projects, project, from, to, cancellationToken);
        return TypedResults.File(Encoding.UTF8.GetBytes(csv), "text/csv", "dora.csv");
    }
}
