using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DevopsCd.Shared.OpenApi;

/// <summary>Writes into the document what routes say of themselves by their metadata: headers, refusals by type, the meaning of each status.</summary>
internal sealed class ContractTransformer : IOpenApiOperationTransformer
{
    private static readonly ResponseHeader s_retryAfter = new("Retry-After", "Seconds to wait before the request is sent again.", "5");
    private static readonly ResponseHeader s_location = new(
        "Location", "The address of what was created.", "/api/v1/applications/web-shop", StatusCodes.Status201Created);

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        AddRequestHeaders(operation, metadata.OfType<RequestHeader>());
        if (metadata.OfType<RawBody>().FirstOrDefault() is { } raw)
            operation.RequestBody = Body(raw);
        var responses = operation.Responses ??= [];
        foreach (var meaning in metadata.OfType<AnswerMeaning>())
            Success(responses, meaning.Status).Description = meaning.Description;
        AddResponseHeaders(responses, metadata.OfType<ResponseHeader>());

        IOpenApiSchema? body = null;
        var refusals = metadata.OfType<Refusal>().Select(refusal => refusal.Problem).Distinct();
        foreach (var status in refusals.GroupBy(type => type.Status).OrderBy(group => group.Key))
        {
            body = responses[$"{status.Key}"].Content![Refusal.ContentType].Schema!;
            responses[$"{status.Key}"] = Refused(context.Document!, body, [.. status.OrderBy(type => type.Code, StringComparer.Ordinal)]);
        }
        if (body is not null)
            responses["default"] = Unexpected(context.Document!, body);
        return Task.CompletedTask;
    }

    private static void AddRequestHeaders(OpenApiOperation operation, IEnumerable<RequestHeader> headers)
    {
        foreach (var header in headers)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Description = header.Description,
                Required = header.IsRequired,
                Schema = Text(),
                Example = header.Example
            });
        }
    }

    private static OpenApiRequestBody Body(RawBody raw) => new()
    {
        Description = raw.Description,
        Required = true,
        Content = raw.ContentTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } })
    };

    private static void AddResponseHeaders(OpenApiResponses responses, IEnumerable<ResponseHeader> headers)
    {
        foreach (var header in headers.Append(s_location))
            foreach (var status in header.Statuses.Where(status => responses.ContainsKey($"{status}") || status == StatusCodes.Status304NotModified))
            {
                var response = Success(responses, status);
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers[header.Name] = Described(header);
            }
    }

    private static OpenApiResponse Success(OpenApiResponses responses, int status)
    {
        if (responses.TryGetValue($"{status}", out var known) && known is OpenApiResponse response)
            return response;
        responses[$"{status}"] = response = new OpenApiResponse { Description = $"{(HttpStatusCode)status}" };
        return response;
    }

    /// <summary>One component for the same refusals of many routes: what they have in common is said once.</summary>
    private static OpenApiResponseReference Refused(OpenApiDocument document, IOpenApiSchema body, IReadOnlyList<ProblemType> types)
    {
        var name = string.Join("-or-", types.Select(type => type.Code));
        var response = Problem(body, string.Join(" ", types.Select(type => types.Count == 1 ? type.Meaning : $"`{type.Code}`: {type.Meaning}")));
        response.Content![Refusal.ContentType].Examples = types.ToDictionary(type => type.Code, IOpenApiExample (type) => new OpenApiExample
        {
            Summary = type.Title,
            Value = new JsonObject
            {
                ["type"] = type.Uri,
                ["title"] = type.Title,
                ["status"] = type.Status,
                ["detail"] = type.Meaning,
                ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736"
            }
        });
        if (types.Any(type => type.RetryAfter))
            response.Headers = new Dictionary<string, IOpenApiHeader> { [s_retryAfter.Name] = Described(s_retryAfter) };
        document.AddComponent(name, response);
        return new OpenApiResponseReference(name, document);
    }

    private static OpenApiResponseReference Unexpected(OpenApiDocument document, IOpenApiSchema body)
    {
        document.AddComponent("unexpected",
            Problem(body, "The service failed, which is a defect of the service: its log has the details under the answer's `traceId`."));
        return new OpenApiResponseReference("unexpected", document);
    }

    private static OpenApiResponse Problem(IOpenApiSchema body, string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [Refusal.ContentType] = new() { Schema = body } }
    };

    private static OpenApiHeader Described(ResponseHeader header) => new() { Description = header.Description, Schema = Text(), Example = header.Example };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}
