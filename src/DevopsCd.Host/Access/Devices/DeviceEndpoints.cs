using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Api;
using DevopsCd.Shared;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace DevopsCd.Host.Access.Devices;

/// <summary><c>/api/v1/access/device</c>: how a program without a browser logs in, as RFC 8628 says.</summary>
internal static class DeviceEndpoints
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:device_code", Form = "application/x-www-form-urlencoded", Json = "application/json";

    private static readonly RawBody s_begin = new("`client_id`: what the program calls itself and its machine, for the person who is asked.", Form, Json);
    private static readonly RawBody s_ask = new($"`grant_type`: `{GrantType}`; `device_code`: the code of the first answer.", Form, Json);

    public static void MapDevices(this IEndpointRouteBuilder api)
    {
        var devices = api.MapGroup("/access/device").WithTags("Access");
        devices.MapPost("/", BeginAsync).ProvesItself().WithMetadata(s_begin, new AllowSystemCaller(),
            new Unkeyed("The answer holds a secret, which is not kept."))
            .Named("BeginDeviceLogin", "Begin the login of a program without a browser",
                "RFC 8628. Show `user_code` and `verification_uri` to the person, and ask for the token every `interval` seconds.")
            .Answers(200, "The codes, valid for ten minutes.").Refuses(ProblemTypes.NotOffered, ProblemTypes.TooManyRequests, ProblemTypes.Invalid);
        devices.MapPost("/token", AskAsync).ProvesItself().WithMetadata(s_ask, new AllowSystemCaller(), new Unkeyed("A code gives a token once."))
            .Named("AskDeviceToken", "Ask for the token of a program's login",
                "RFC 8628. While nobody has decided, `error` is `authorization_pending`; whoever asks too often gets `slow_down`.")
            .Answers(200, "The token, once.").Refuses(ProblemTypes.NotOffered, ProblemTypes.DeviceLoginOpen, ProblemTypes.Invalid);
    }

    private static async Task<Results<Ok<DeviceCodeView>,
        ProblemHttpResult>> BeginAsync(HttpContext http, AuthOptions options, DeviceLogins logins, LoginLimits limits,
        PublicAddress published, CancellationToken cancellationToken)
    {
        var (sent, unreadable) = await ReadAsync(http);
        if (unreadable is not null)
            return unreadable;
        if (sent.GetValueOrDefault("client_id")?.Trim() is not { Length: > 0 and <= DeviceLogins.LongestClient } client || PrintableText.Of(client) != client)
            throw BatchRefusedException.Content("client_id",
                $"must be 1 to {DeviceLogins.LongestClient} visible characters that say which program on which machine asks");
        if (options.IsLocal)
            return NotOffered();
        var address = http.Connection.RemoteIpAddress?.ToString();
        if (!limits.Begins(address))
            return LoginEndpoints.TooMany(http);
        var (device, user) = await logins.BeginAsync(client, address, cancellationToken);
        var page = $"{published.Of(http.Request)}{DevicePages.Path}";
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new DeviceCodeView
        {
            DeviceCode = device,
            UserCode = user,
            VerificationUri = page,
            VerificationUriComplete = $"{page}?code={user}",
            ExpiresIn = (int)DeviceLogins.Life.TotalSeconds,
            Interval = (int)DeviceLogins.Pace.TotalSeconds
        });
    }

    private static async Task<Results<Ok<DeviceTokenView>,
        ProblemHttpResult>> AskAsync(HttpContext http, AuthOptions options, DeviceLogins logins, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (sent, unreadable) = await ReadAsync(http);
        if (unreadable is not null)
            return unreadable;
        if (sent.GetValueOrDefault("grant_type") != GrantType)
            throw BatchRefusedException.Content("grant_type", $"must be {GrantType}");
        if (sent.GetValueOrDefault("device_code") is not { Length: > 0 } code)
            throw BatchRefusedException.Content("device_code", "must be the code of the first answer");
        if (options.IsLocal)
            return NotOffered();
        var (token, until, error) = await logins.AskAsync(code, cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        return error is null
            ? TypedResults.Ok(new DeviceTokenView { AccessToken = token!, TokenType = "Bearer", ExpiresIn = (int)(until - clock.GetUtcNow()).TotalSeconds })
            : Problems.Of(ProblemTypes.DeviceLoginOpen, Explain(error), new Dictionary<string, object?> { ["error"] = error });
    }

    private static Sentence Explain(string error) => error switch
    {
        "authorization_pending" => (Sentence)"Nobody has decided yet. Ask again after the interval.",
        "slow_down" => (Sentence)"This was asked too soon. Wait for the interval, and five seconds more.",
        "access_denied" => (Sentence)"A person has refused the login.",
        "expired_token" => (Sentence)"The time for this login is over. Begin again.",
        _ => (Sentence)"The code is unknown, or its token was given out already. Begin again."
    };

    private static ProblemHttpResult NotOffered() =>
        Problems.Of(ProblemTypes.NotOffered, $"{AuthOptions.ModeKey} is {AccessModes.Local}: nobody needs a token.");

    private static async Task<(Dictionary<string, string> Fields, ProblemHttpResult? Unreadable)> ReadAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        if (http.Request.HasJsonContentType())
            try
            {
                return (JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [], null);
            }
            catch (JsonException)
            {
                return ([], Problems.Of(ProblemTypes.Unreadable, "The body is not a JSON object whose members are strings."));
            }
        return http.Request.ContentType?.StartsWith(Form, StringComparison.OrdinalIgnoreCase) == true
            ? (QueryHelpers.ParseQuery(text).ToDictionary(field => field.Key, field => field.Value.ToString()), null)
            : ([], Problems.Of(ProblemTypes.JsonRequired, $"Send the body as {Form} or as {Json}."));
    }
}
