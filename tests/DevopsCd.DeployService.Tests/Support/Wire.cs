using System.Net;
using System.Text.RegularExpressions;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>
/// What lies between one replica and the API server. It can hold back what a watch has to say, as a slow network or a busy machine
/// does, keep one write on the way, and break for good behind the n-th write, so that a replica ends right there: what it has written
/// stands, its answer is lost.
/// </summary>
internal sealed partial class Wire : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly k8s.Kubernetes _server;
    private readonly Uri _address;
    private readonly CancellationTokenSource _broken = new();
    private readonly List<string> _writes = [];
    private readonly TaskCompletionSource _kept = new();
    private readonly TaskCompletionSource _letGo = new();
    private readonly TaskCompletionSource<HttpStatusCode> _arrived = new();
    private string? _held;
    private (string Method, Regex Path, string Saying)? _keep;
    private int _breakBehind = int.MaxValue;

    private Wire(WebApplication app, k8s.Kubernetes server, Uri address) => (_app, _server, _address) = (app, server, address);

    /// <summary>The way to the API server over this wire.</summary>
    public string Kubeconfig { get; private set; } = "";

    public bool IsBroken => _broken.IsCancellationRequested;

    /// <summary>The writes that went through, one line each.</summary>
    public IReadOnlyList<string> Writes
    {
        get
        {
            lock (_writes)
                return [.. _writes];
        }
    }

    public static async Task<Wire> StartAsync(TestCluster cluster)
    {
        var to = KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new k8s.Kubernetes(to) { HttpClient = { Timeout = Timeout.InfiniteTimeSpan } };
        var wire = new Wire(app, server, new Uri(to.Host));
        app.Run(wire.PassAsync);
        await app.StartAsync();
        wire.Kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(wire.Kubeconfig, ServerLine().Replace(await File.ReadAllTextAsync(cluster.Kubeconfig), $"server: \"{app.Urls.First()}\""));
        return wire;
    }

    /// <summary>From now on no watch of that kind says anything.</summary>
    public void Hold(string plural) => _held = plural;

    /// <summary>The next such write stays on the way until it is let go, whether or not anybody still waits for its answer.</summary>
    /// <param name="method">How it is sent.</param>
    /// <param name="path">The end of its path, as a pattern.</param>
    /// <param name="saying">Something that its body has in it.</param>
    public void Keep(string method, string path, string saying = "") => _keep = (method, new Regex($"/{path}$"), saying);

    /// <summary>Until that write has been sent.</summary>
    public Task KeptAsync() => _kept.Task.WaitAsync(TimeSpan.FromMinutes(3));

    /// <summary>Lets it go on to the API server; what that says to it.</summary>
    public Task<HttpStatusCode> LetGoAsync()
    {
        _letGo.SetResult();
        return _arrived.Task;
    }

    /// <summary>Lets that many more writes through and none of the answers to the last one.</summary>
    public void BreakBehind(int writes)
    {
        lock (_writes)
            _breakBehind = _writes.Count + writes;
    }

    public async ValueTask DisposeAsync()
    {
        await _broken.CancelAsync();
        await _app.DisposeAsync();
        _server.Dispose();
        _broken.Dispose();
        File.Delete(Kubeconfig);
    }

    private async Task PassAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_broken.Token, context.RequestAborted);
        try
        {
            var request = context.Request;
            using var sent = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(_address, request.Path + request.QueryString.ToString()));
            if (request.ContentLength > 0)
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body, ended.Token);
                sent.Content = new ByteArrayContent(body.ToArray());
                sent.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
            }
            foreach (var name in new[] { "Authorization", "Accept" })
                sent.Headers.TryAddWithoutValidation(name, request.Headers[name].ToString());
            if (IsToKeep(request, sent.Content is null ? "" : await sent.Content.ReadAsStringAsync(ended.Token)))
            {
                _kept.SetResult();
                await _letGo.Task.WaitAsync(_broken.Token);
                using var late = await _server.HttpClient.SendAsync(sent, default(CancellationToken));
                _arrived.SetResult(late.StatusCode);
                context.Abort();
                return;
            }
            if (IsBroken || !TryWrite(request, out var last))
            {
                context.Abort();
                return;
            }
            using var answer = await _server.HttpClient.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead, last ? default : ended.Token);
            if (last)
            {
                await _broken.CancelAsync();
                context.Abort();
                return;
            }
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await CopyAsync(await answer.Content.ReadAsStreamAsync(ended.Token), context, ended.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or HttpRequestException)
        {
            context.Abort();
        }
    }

    private async Task CopyAsync(Stream from, HttpContext context, CancellationToken cancellationToken)
    {
        var watches = context.Request.Query.ContainsKey("watch");
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (watches && context.Request.Path.Value!.Split('/')[^1] == _held)
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private bool IsToKeep(HttpRequest request, string body)
    {
        lock (_writes)
        {
            if (_keep is not { } keep || request.Method != keep.Method || !keep.Path.IsMatch(request.Path.Value!)
                || !body.Contains(keep.Saying, StringComparison.Ordinal) || request.Query.ContainsKey("dryRun"))
                return false;
            _keep = null;
            return true;
        }
    }

    /// <summary>Whether it may pass, and whether it is the last that does.</summary>
    private bool TryWrite(HttpRequest request, out bool last)
    {
        last = false;
        if (HttpMethods.IsGet(request.Method) || request.Query.ContainsKey("dryRun") || request.Path.Value!.Contains("accessreview", StringComparison.Ordinal))
            return true;
        lock (_writes)
        {
            if (_writes.Count >= _breakBehind)
                return false;
            _writes.Add($"{request.Method} {string.Join('/', request.Path.Value.Split('/')[^2..])}");
            last = _writes.Count == _breakBehind;
            return true;
        }
    }

    [GeneratedRegex("server: \"?[^\",}\\s]+\"?")]
    private static partial Regex ServerLine();
}
