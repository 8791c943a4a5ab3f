using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.Access;

/// <summary>The distribution's Chromium with one page, told what to do over its debugging protocol.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("devopscd-chromium-");
    private readonly ClientWebSocket _page = new();
    private Process? _process;
    private int _asked;

    public static async Task<Chromium> Start()
    {
        var chromium = new Chromium();
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DEVOPSCD_TEST_CHROMIUM") ?? "chromium") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0",
            $"--user-data-dir={chromium._profile.FullName}", "about:blank"])
            start.ArgumentList.Add(argument);
        chromium._process = Process.Start(start)!;
        chromium._process.BeginErrorReadLine();
        chromium._process.BeginOutputReadLine();
        var file = Path.Combine(chromium._profile.FullName, "DevToolsActivePort");
        await Eventually.IsTrue(() => File.Exists(file) && File.ReadAllLines(file).Length > 1, "the browser is up", TimeSpan.FromMinutes(2));
        using var http = new HttpClient();
        var pages = await Eventually.Sees(async () => await http.GetFromJsonAsync<JsonArray>($"http://127.0.0.1:{(await File.ReadAllLinesAsync(file))[0]}/json/list"),
            pages => pages!.Any(page => (string?)page!["type"] == "page"), "it has a page", TimeSpan.FromMinutes(2));
        await chromium._page.ConnectAsync(new Uri((string)pages!.First(page => (string?)page!["type"] == "page")!["webSocketDebuggerUrl"]!), CancellationToken.None);
        return chromium;
    }

    public Task Go(Uri address) => Tell("Page.navigate", new JsonObject { ["url"] = address.ToString() });

    /// <summary>What a piece of script comes to on the page, as text; null while there is no page to ask.</summary>
    public async Task<string?> Sees(string script)
    {
        var answer = await Tell("Runtime.evaluate", new JsonObject { ["expression"] = $"String({script})", ["returnByValue"] = true });
        return (string?)answer["result"]?["result"]?["value"];
    }

    /// <summary>Waits until a piece of script is true on the page.</summary>
    public Task Until(string script, string what) => Eventually.Sees(async () => await Sees(script) == "true" ? "true" : await Sees("document.location + ' ' + document.body?.innerText"),
        seen => seen == "true", what, TimeSpan.FromMinutes(2));

    public async ValueTask DisposeAsync()
    {
        _page.Dispose();
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process?.Dispose();
        // A last process of it may still be writing.
        await Eventually.IsTrue(() =>
        {
            _profile.Delete(recursive: true);
            return true;
        }, "its profile is gone");
    }

    private async Task<JsonNode> Tell(string method, JsonObject parameters)
    {
        var id = ++_asked;
        await _page.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters }), WebSocketMessageType.Text, true, CancellationToken.None);
        while (true)
        {
            using var message = new MemoryStream();
            var buffer = new byte[16_384];
            WebSocketReceiveResult part;
            do
            {
                part = await _page.ReceiveAsync(buffer, CancellationToken.None);
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            if (JsonNode.Parse(message.ToArray()) is { } said && (int?)said["id"] == id)
                return said;
        }
    }
}
