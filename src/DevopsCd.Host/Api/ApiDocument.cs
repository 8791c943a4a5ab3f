using System.Text.Json;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Access.Tokens;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DevopsCd.Host.Api;

/// <summary>The head of the OpenAPI document; what it says of routes comes from the routes.</summary>
internal static class ApiDocument
{
    private const string Description = """
        Releases many applications together. A batch groups the applications of one release: people approve and seal it, the engine deploys it
        to pre-production and, on a person's word, to production.

        Bodies are JSON in UTF-8, at most 1 MiB. Unknown and repeated fields are refused. A refusal is `application/problem+json` (RFC 9457);
        its `type` is stable, and each status lists the types it can have as examples. What a refusal says to people is Chinese where `Accept-Language`
        prefers `zh`, and English otherwise. `HEAD` is answered wherever `GET` is.
        """;

    private static readonly (string Name, string Description)[] s_tags =
    [
        ("Access", "Logging in, accounts, API tokens, and who may do what."),
        ("Applications", "The applications that can be released, and where each is deployed."),
        ("Batches", "Batches of applications that are released together."),
        ("Build intake", "Webhooks of CI systems and registries that report builds."),
        ("Builds", "Builds that were reported, and by which batches offer newer ones."),
        ("Delivery", "How the delivery of software goes."),
        ("Deployments", "Reports of deploy systems."),
        ("Freezes", "Times in which stages do not start."),
        ("Gates", "What has to pass before a batch goes on, or before a stage counts as completed."),
        ("Notifications", "Messages to people about batches."),
        ("Parked messages", "Messages that could not be processed or sent, and decisions about them."),
        ("Projects", "Projects, and what each asks of its releases."),
        ("Scan", "The engine's periodic work, on demand."),
        ("Stream", "Changes of batches as they are committed.")
    ];

    public static void Describe(OpenApiOptions options)
    {
        options.AddOperationTransformer(new ContractTransformer());
        options.AddSchemaTransformer(new OpenSchemas());
        options.AddSchemaTransformer(new ErrorMessages());
        // Any JSON has no name of its own.
        options.CreateSchemaReferenceId = type =>
            (Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "DevopsCd", Version = "v1", Description = Description };
            // Wherever this document was read from.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.AddComponent(TokenHandler.SchemeName, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "dcd_…",
                Description = "An API token, where people log in."
            });
            document.AddComponent(SessionCookie.Scheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = SessionCookie.Name,
                Description = "A session, where people log in."
            });
            // One of them, or none in mode local.
            document.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(TokenHandler.SchemeName, document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SessionCookie.Scheme, document)] = [] },
                new OpenApiSecurityRequirement()
            ];
            document.Tags = s_tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
            return Task.CompletedTask;
        });
    }
}
