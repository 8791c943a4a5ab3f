using System.Text.Json.Nodes;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Connecting;

/// <summary>Logs a person in who has a browser somewhere, as RFC 8628 says: they confirm a code there, and this program gets a token.</summary>
internal static class DeviceLogin
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";

    private static readonly TimeSpan s_slower = TimeSpan.FromSeconds(5);

    /// <exception cref="CliException">The person refuses, the time is over, or the service knows nobody in this way.</exception>
    public static async Task<DeviceTokenView> RunAsync(Session session, Context context, CancellationToken cancellationToken)
    {
        var api = session.Client(context);
        var begun = await api.ChangeAsync(HttpMethod.Post, "access/device", new JsonObject { ["client_id"] = $"devopscd on {Environment.MachineName}" },
            cancellationToken, isKeyed: false);
        var codes = begun.As<DeviceCodeView>();
        await session.SayAsync($"Open {codes.VerificationUriComplete} in a browser and allow the code {codes.UserCode}");
        var (started, pause) = (session.Clock.GetTimestamp(), TimeSpan.FromSeconds(codes.Interval));
        while (session.Clock.GetElapsedTime(started) < TimeSpan.FromSeconds(codes.ExpiresIn))
        {
            await Task.Delay(pause, session.Clock, cancellationToken);
            try
            {
                var asked = await api.ChangeAsync(HttpMethod.Post, "access/device/token",
                    new JsonObject { ["grant_type"] = Grant, ["device_code"] = codes.DeviceCode }, cancellationToken, isKeyed: false);
                return asked.As<DeviceTokenView>();
            }
            catch (CliException open) when (open.Problem?.Error is "authorization_pending" or "slow_down" || open.ExitCode == ExitCodes.Unreachable)
            {
                if (open.Problem?.Error == "slow_down")
                    pause += s_slower;
            }
            catch (CliException refused) when (refused.Problem?.Error is not null)
            {
                throw new CliException(ExitCodes.NotAllowed, refused.Text, refused);
            }
        }
        throw new CliException(ExitCodes.TimedOut, $"nobody has allowed {codes.UserCode} in time");
    }
}
