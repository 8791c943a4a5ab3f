using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DevopsCd.Shared.OpenApi;

/// <summary>A record that keeps the members it does not know says so: any others are allowed.</summary>
internal sealed class OpenSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && context.JsonTypeInfo.Properties.Any(property => property.IsExtensionData))
            schema.AdditionalProperties = new OpenApiSchema();
        return Task.CompletedTask;
    }
}
