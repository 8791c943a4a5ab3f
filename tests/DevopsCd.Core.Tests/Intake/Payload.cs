using System.Runtime.CompilerServices;
using System.Text;
using DevopsCd.Core.Intake.Webhooks;

namespace DevopsCd.Core.Tests.Intake;

/// <summary>Payloads written after the senders' documented shapes.</summary>
internal static class Payload
{
    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(1_599_360_473);

    public static WebhookRequest Request(string file, params (string Name, string Value)[] headers) =>
        Of(File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "Payloads", $"{file}.json")), headers);

    public static WebhookRequest Of(string body, params (string Name, string Value)[] headers) =>
        new(headers.ToDictionary(h => h.Name, h => h.Value), Encoding.UTF8.GetBytes(body), Now);

    private static string Here([CallerFilePath] string path = "") => path;
}
