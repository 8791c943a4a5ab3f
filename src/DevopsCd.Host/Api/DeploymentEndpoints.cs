using System.ComponentModel;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Deployments;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/deployments</c>.</summary>
internal static class DeploymentEndpoints
{
    public static void MapDeployments(this IEndpointRouteBuilder api) =>
        api.MapPost("/deployments/{operationId}/report", ReportAsync).Requires(Permissions.DeploymentReport, RightsOf.Operation)
            .WithTags("Deployments").WithMetadata(new AllowSystemCaller(), OperatorCheck.Optional)
            .Named("ReportDeployment", "Report on a deployment operation",
                "The body is the message `DeploymentReported`. With the driver `http` a report makes the engine ask the deploy service at once and decides nothing by itself.")
            .Answers(204, "The report was recorded.").Refuses(ProblemTypes.NotFound);

    private static async Task<NoContent> ReportAsync(
        [Description("The id of the operation, as it was given to the deploy system.")] string operationId, JsonBody<ReportBody> body, HttpContext http,
            DeploymentOperationRunner desk, CancellationToken cancellationToken)
    {
        await desk.ReportAsync(
            new DeploymentReported { OperationId = operationId, Phase = body.Value.Phase, Reason = body.Value.Reason, Message = body.Value.Message },
            new ReportSender(Caller.Of(http).Operator, EventSource.Http, http.Connection.RemoteIpAddress?.ToString()), cancellationToken);
        return TypedResults.NoContent();
    }
}
