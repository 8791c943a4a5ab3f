using System.Reflection;
using DevopsCd.Core.Batches;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace DevopsCd.Host.Api;

/// <summary>
/// A body as JSON, read as strictly as a message of the broker: no name twice, letter case counts, every wrong field is named at once.
/// A handler that takes it as nullable gets null where there is no body.
/// </summary>
/// <typeparam name="T">A record of the contracts.</typeparam>
internal sealed record JsonBody<T>(T Value) : IBindableFromHttpContext<JsonBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    private const string Missing = "The body is missing; send a JSON object.";

    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        using var sent = new MemoryStream();
        await context.Request.Body.CopyToAsync(sent, context.RequestAborted);
        var body = sent.ToArray();
        if (body.AsSpan().Trim(" \t\r\n"u8) is var text && (text.IsEmpty || text.SequenceEqual("null"u8)))
            return IsOptional(parameter) ? null : throw new BadHttpRequestException(Missing);
        if (!IsUtf8Json(context.Request.ContentType))
            throw new BadHttpRequestException("Send the body as JSON in UTF-8, with the header Content-Type: application/json.",
                StatusCodes.Status415UnsupportedMediaType);
        return new JsonBody<T>(Read(body));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), IsOptional(parameter)));
        builder.Refuses(ProblemTypes.Invalid);
    }

    private static T Read(byte[] body)
    {
        try
        {
            var json = ContractReader.Parse(body);
            var wrong = ContractReader.Wrong(typeof(T), json);
            if (wrong.Count > 0)
                throw new BatchRefusedException(wrong.Any(e => e.IsForm) ? RefusalKind.Unreadable : RefusalKind.Content,
                    $"{string.Join("; ", wrong.Select(e => $"$.{e.Path}: {e.Fix}"))}")
                {
                    Fields = wrong.GroupBy(e => e.Path).ToDictionary(g => g.Key, g => g.Select(Sentence (e) => $"{e.Fix}").ToArray())
                };
            return (T)ContractReader.Read(typeof(T), json);
        }
        catch (MessageRefusedException unreadable)
        {
            throw new BadHttpRequestException($"$: {unreadable.Message}");
        }
    }

    private static bool IsUtf8Json(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (type.Charset.Length == 0 || type.Charset.ToString().Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static bool IsOptional(ParameterInfo parameter) => new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
}
