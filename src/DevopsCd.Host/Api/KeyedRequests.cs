using System.Security.Cryptography;
using System.Text;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Requests;
using DevopsCd.Host.Access;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary>
/// What is sent under an <c>Idempotency-Key</c> is done once and answered alike each time. Remembered is what succeeded and what the state
/// refused; wrong input is not, so that it can be sent again mended.
/// </summary>
internal sealed class KeyedRequests(BatchTransitionTable lifecycle, ILogger<KeyedRequests> log) : IEndpointFilter
{
    // Not what was refused for an outdated view: whoever has read again sends the same request with another ETag.
    private static readonly HashSet<string> s_decisions = [ProblemTypes.Refused.Uri, ProblemTypes.DecidedOtherwise.Uri, ProblemTypes.ChannelRefused.Uri];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata is not { } route || route.GetMetadata<Keyed>() is null || IdempotencyKey.Of(http) is not { } key)
            return await next(context);
        var requests = http.RequestServices.GetRequiredService<RememberedRequests>();
        var id = RememberedRequest.IdOf(Caller.Find(http)?.Id ?? "", $"{http.Request.Method} {http.Request.Path}", key);
        var fingerprint = await FingerprintAsync(http.Request);
        if (await requests.FindAsync(id, http.RequestAborted) is { } before)
            return Again(before, fingerprint);
        var mine = requests.New(id, fingerprint);
        if (route.GetMetadata<OutsideWork>() is null)
            requests.TakeWithTheNextSave(mine);
        else if (!await requests.TakeAsync(mine, http.RequestAborted))
            return InUse();

        object? result;
        try
        {
            result = await next(context);
        }
        catch (BatchRefusedException refused)
        {
            result = Refusals.Result(refused, lifecycle);
        }
        catch (Exception failure) when (DatabaseFailures.Of(failure) == DatabaseFailure.Duplicate)
        {
            // Another request under the key was quicker. Or something else is taken: that is not ours to answer.
            if (await FirstAsync(http, requests, mine) is { } first)
                return first;
            throw;
        }
        if (result is IResult answer && IsDecision(result))
            return await RememberedAsync(http, requests, mine, answer);
        await requests.ForgetAsync(mine);
        return result;
    }

    private static readonly Sentence s_otherRequest = "was used for another request; the same key stands for the same request only";

    private static IResult Again(RememberedRequest before, string fingerprint) =>
        before.Status is null ? InUse()
        : before.Fingerprint == fingerprint ? StoredAnswer.Of(before)
        : Problems.Of(ProblemTypes.Invalid, $"{IdempotencyKey.Header.Name}: {s_otherRequest}",
            say => Refusals.Errors(new Dictionary<string, Sentence[]> { [IdempotencyKey.Header.Name] = [s_otherRequest] }, say));

    private static ProblemHttpResult InUse() => Problems.Of(ProblemTypes.KeyInUse,
        "The first request under this Idempotency-Key has no stored answer: it is in progress, or it was interrupted and may have taken effect. "
        + "Read the resource before you send the request under another key.");

    private static bool IsDecision(object? result) => result switch
    {
        INestedHttpResult nested => IsDecision(nested.Result),
        ProblemHttpResult problem => s_decisions.Contains(problem.ProblemDetails.Type ?? ""),
        IStatusCodeHttpResult { StatusCode: >= StatusCodes.Status400BadRequest } => false,
        _ => true
    };

    private static async Task<IResult?> FirstAsync(HttpContext http, RememberedRequests requests, RememberedRequest mine) =>
        await requests.FindAsync(mine.Id, http.RequestAborted) is { } first ? Again(first, mine.Fingerprint) : null;

    private async Task<IResult> RememberedAsync(HttpContext http, RememberedRequests requests, RememberedRequest mine, IResult result)
    {
        var answer = await StoredAnswer.OfAsync(http, result);
        try
        {
            // What the state refused because the first request under the key was quicker is no answer to either.
            if (!await requests.RememberAsync(mine, answer.Status, answer.HeadersAsJson, answer.Body) && await FirstAsync(http, requests, mine) is { } first)
                return first;
        }
        catch (Exception failure) when (DatabaseFailures.IsTransient(failure))
        {
            // It is done and committed, and this caller learns so; a repetition learns that there is no answer.
            log.AnswerNotStored(failure);
        }
        return answer;
    }

    /// <summary>Of all that was asked: the query and the body, which is in memory by now.</summary>
    private static async Task<string> FingerprintAsync(HttpRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.QueryString}\n"));
        if (request.Body is MemoryStream body)
        {
            body.Position = 0;
            var buffer = new byte[body.Length];
            await body.ReadExactlyAsync(buffer);
            hash.AppendData(buffer);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
