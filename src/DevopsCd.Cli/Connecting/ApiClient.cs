using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Connecting;

/// <summary>
/// Calls one service. What may pass by itself (no connection, 429, 502, 503, 504) is tried again for a while, a change under the key of
/// its first try: it is made once, whatever became of the answers.
/// </summary>
internal sealed class ApiClient(
    HttpClient http, Context context, WorkloadToken? workload, string? operatorName, string key, TimeSpan patience, TimeProvider clock,
    Func<FormattableString, Task> say)
{
    private const string KeyInUse = "urn:devopscd:key-in-use";

    private static readonly HashSet<HttpStatusCode> s_passing =
        [HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout];

    /// <summary>Nothing was sent.</summary>
    private static readonly HashSet<HttpRequestError> s_unsent =
        [HttpRequestError.ConnectionError, HttpRequestError.NameResolutionError, HttpRequestError.SecureConnectionError];

    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);

    private int _changes;

    public string Server => context.Server;

    public Task<Reply> GetAsync(string path, CancellationToken cancellationToken, string? unlessTag = null) =>
        SendAsync(HttpMethod.Get, path, null, new Sending { UnlessTag = unlessTag }, cancellationToken);

    /// <param name="method">Any but GET.</param>
    /// <param name="path">Below <c>/api/v1/</c>.</param>
    /// <param name="body">Written as JSON; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="ifVersion">The version, or the ETag, that was looked at.</param>
    /// <param name="isKeyed">Whether the route knows keys; one that does not is sent once.</param>
    public Task<Reply> ChangeAsync(
        HttpMethod method, string path, object? body, CancellationToken cancellationToken, string? ifVersion = null, bool isKeyed = true)
    {
        // A command that makes several changes makes each of them once.
        var number = ++_changes;
        var changeKey = !isKeyed ? null : number == 1 ? key : $"{key}-{number}";
        return SendAsync(method, path, body, new Sending { Key = changeKey, IfVersion = ifVersion, IsOnce = !isKeyed }, cancellationToken);
    }

    /// <summary>One of many changes that a command makes at once, in whatever order: its key says which it is.</summary>
    /// <param name="method">Any but GET.</param>
    /// <param name="path">Below <c>/api/v1/</c>.</param>
    /// <param name="body">As JSON; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply> ChangeOneAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken) =>
        SendAsync(method, path, body, new Sending { Key = $"{key}-{Digest($"{method} {path}\n{body}")}" }, cancellationToken);

    /// <summary>Opens an answer that goes on. It is tried once.</summary>
    /// <param name="path">Below <c>/api/v1/</c>.</param>
    /// <param name="after">The id of the last event that was received; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">The service refuses it or cannot be reached.</exception>
    public async Task<Stream> StreamAsync(string path, string? after, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync(HttpMethod.Get, path, null, new Sending { After = after }, cancellationToken);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw ProblemText.Of(ProblemOf(answer, await answer.Content.ReadAsStringAsync(cancellationToken)));
            // Whoever disposes the stream ends the connection.
            return await answer.Content.ReadAsStreamAsync(cancellationToken);
        }
        catch (HttpRequestException broken)
        {
            throw Unreachable($"{broken.InnerException?.Message ?? broken.Message}", broken);
        }
        catch (CliException)
        {
            answer?.Dispose();
            throw;
        }
    }

    private async Task<Reply> SendAsync(HttpMethod method, string path, object? body, Sending sending, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            var (reply, failure, wait) = await TryAsync(method, path, body, sending, tries, cancellationToken);
            if (reply is not null)
                return reply;
            var pause = wait ?? TimeSpan.FromSeconds(0.5 * Math.Min(tries, 10));
            if (wait is null && !failure!.MayPass || sending.IsOnce && !failure!.WasNotBegun || clock.GetElapsedTime(started) + pause > patience)
                throw failure!.Exception;
            if (tries == 1)
                await say($"{FirstLine(failure!.Exception)}; trying again for {patience.TotalSeconds:0} s");
            await Task.Delay(pause < s_longestWait ? pause : s_longestWait, clock, cancellationToken);
        }
    }

    private async Task<(Reply? Reply, Failure? Failure, TimeSpan? Wait)> TryAsync(
        HttpMethod method, string path, object? body, Sending sending, int tries, CancellationToken cancellationToken)
    {
        try
        {
            using var request = await RequestAsync(method, path, body, sending, cancellationToken);
            using var answer = await http.SendAsync(request, cancellationToken);
            var content = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            var text = Encoding.UTF8.GetString(content);
            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified)
                return (new Reply(answer.StatusCode, text, answer.Headers.ETag?.ToString()) { Content = content }, null, null);
            var problem = ProblemOf(answer, text);
            // Our own first try is still under way there.
            var isOurs = tries > 1 && problem.Type == KeyInUse;
            var mayPass = isOurs || s_passing.Contains(answer.StatusCode);
            var begun = answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable);
            return (null, new Failure(ProblemText.Of(problem), mayPass, !begun), mayPass ? answer.Headers.RetryAfter?.Delta : null);
        }
        catch (HttpRequestException broken)
        {
            var why = broken.InnerException?.Message ?? broken.Message;
            var unsent = s_unsent.Contains(broken.HttpRequestError);
            return (null, new Failure(Unreachable($"{why}", broken), MayPass: broken.HttpRequestError != HttpRequestError.SecureConnectionError, unsent), null);
        }
        catch (Exception broken) when (broken is IOException || broken is TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (null, new Failure(Unreachable($"no answer came", broken), MayPass: true, WasNotBegun: false), null);
        }
    }

    private async Task<HttpRequestMessage> RequestAsync(
        HttpMethod method, string path, object? body, Sending sending, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, new Uri(new Uri(context.Server.TrimEnd('/') + "/"), $"api/v1/{path}"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (sending.After is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", sending.After);
        if ((workload is null ? context.Token : await workload.GetAsync(cancellationToken)) is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (operatorName is not null)
            request.Headers.TryAddWithoutValidation("X-Operator", operatorName);
        if (sending.Key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", sending.Key);
        if (sending.IfVersion is { } seen)
            request.Headers.TryAddWithoutValidation("If-Match", seen.StartsWith('"') || seen == "*" ? seen : $"\"{seen}\"");
        if (sending.UnlessTag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", sending.UnlessTag);
        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body, Reply.Json), Encoding.UTF8, "application/json");
        return request;
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private static FormattableString FirstLine(CliException failed) => failed.Problem is null ? failed.Text : $"{failed.Message.Split('\n')[0]}";

    private CliException Unreachable(FormattableString why, Exception inner) => new(ExitCodes.Unreachable, $"{context.Server} cannot be reached: {why}", inner);

    private static Problem ProblemOf(HttpResponseMessage answer, string text)
    {
        try
        {
            if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
                && JsonSerializer.Deserialize<Problem>(text, Reply.Json) is { } problem)
                return problem;
        }
        catch (JsonException)
        {
            // What stands before the service answers in its own words.
        }
        return new Problem
        {
            Type = "about:blank",
            Title = $"the answer is {(int)answer.StatusCode} {answer.ReasonPhrase} and not from DevopsCd",
            Status = (int)answer.StatusCode,
            TraceId = ""
        };
    }

    private sealed record Sending
    {
        public string? Key { get; init; }
        public string? IfVersion { get; init; }
        public string? UnlessTag { get; init; }
        public string? After { get; init; }
        public bool IsOnce { get; init; }
    }

    private sealed record Failure(CliException Exception, bool MayPass, bool WasNotBegun);
}
