using DevopsCd.Contracts.Api;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DevopsCd.Shared.OpenApi;

/// <summary>Says which member of a problem explains it: exceptions of generated clients have it as their message.</summary>
internal sealed class ErrorMessages : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo is { Name: "detail" } member && (member.DeclaringType == typeof(Problem) || member.DeclaringType == typeof(DeployProblem)))
        {
            schema.Extensions ??= new Dictionary<string, IOpenApiExtension>();
            schema.Extensions["x-ms-primary-error-message"] = new JsonNodeExtension(true);
        }
        return Task.CompletedTask;
    }
}
