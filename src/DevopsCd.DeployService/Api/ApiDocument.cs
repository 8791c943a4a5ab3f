using System.Text.Json;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DevopsCd.DeployService.Api;

/// <summary>The head of the OpenAPI document, and what happens to every request before its handler.</summary>
internal static class ApiDocument
{
    private const string Scheme = "apiKey";

    private const string Description = """
        Deploys one image to one workload of a Kubernetes cluster. An operation has an id of the caller's choice: the same `PUT` again finds the
        operation instead of starting another one, and every command can be repeated.

        Bodies are JSON in UTF-8; unknown and repeated fields are refused. A refusal is `application/problem+json` (RFC 9457); its `type` is
        stable, and each status lists the types it can have as examples. `HEAD` is answered wherever `GET` is.
        """;

    public static void Describe(OpenApiOptions options)
    {
        options.AddOperationTransformer(new ContractTransformer());
        options.AddSchemaTransformer(new OpenSchemas());
        options.AddSchemaTransformer(new ErrorMessages());
        // Any JSON has no name of its own.
        options.CreateSchemaReferenceId = type => (Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "DevopsCd deploy service", Version = "v1", Description = Description };
            // Wherever this document was read from.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Tags = new HashSet<OpenApiTag>
            {
                new() { Name = "Deployments", Description = "Operations that deploy an image to a workload, and checks beforehand." }
            };
            document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyAuthentication.Header,
                Description = "A key from the configuration. Each has its own clusters and namespaces."
            });
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
    }

    /// <summary>Whether the body of a request is taken in; where not, it is not read.</summary>
    public static bool TakesBody(IEnumerable<object> route) => route.OfType<IAcceptsMetadata>().Any();

    public static void Describe(EndpointBuilder endpoint)
    {
        endpoint.Refuses(ProblemTypes.KeyNeeded, ProblemTypes.TooManyRequests);
        if (!endpoint.Metadata.OfType<NeedsNoRecords>().Any())
            endpoint.Refuses(ProblemTypes.RecordsUnavailable);
        if (TakesBody(endpoint.Metadata))
            endpoint.Refuses(ProblemTypes.Unreadable, ProblemTypes.BodyTooSlow, ProblemTypes.BodyTooLarge, ProblemTypes.JsonNeeded, ProblemTypes.WrongFields);
    }
}
