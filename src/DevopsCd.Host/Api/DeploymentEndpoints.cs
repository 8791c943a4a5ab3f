using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/deployments</c>.</summary>
internal static class DeploymentEndpoints
{
    public static void MapDeployments(this IEndpointRouteBuilder api) =>
        api.MapPost("/deployments/{operationId}/report", Report).WithTags("Deployments")
            .WithName("ReportDeployment").WithSummary("A deploy system reports on an operation, as the message DeploymentReported").WithMetadata(new SystemCaller());

    private static async Task<IResult> Report(string operationId, ReportBody body, OperationDesk desk, CancellationToken cancellationToken)
    {
        await desk.Report(new DeploymentReported { OperationId = operationId, Phase = body.Phase, Reason = body.Reason, Message = body.Message }, EventSource.Http, cancellationToken);
        return TypedResults.NoContent();
    }
}
