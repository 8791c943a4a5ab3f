using System.Net;
using System.Text;
using DevopsCd.Testing;

namespace DevopsCd.EndToEnd.Tests.Intake;

/// <summary>A registry that speaks the part of the OCI distribution API that tells digests, behind its own token service.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    public const string Digest = "sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

    private readonly HttpListener _listener = new();

    private readonly Task _answering;

    private int _answers;

    public FakeRegistry()
    {
        Port = FreePort.Next();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _answering = Answer();
    }

    public int Port { get; }

    public string Host => $"127.0.0.1:{Port}";

    /// <summary>How many calls for a manifest are answered 503 first.</summary>
    public int Failing { get; set; }

    public List<string> Manifests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _answering;
        _listener.Close();
    }

    private async Task Answer()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            if (call.Request.Url!.AbsolutePath == "/token")
                Token(call);
            else
                Manifest(call);
        }
    }

    private static void Token(HttpListenerContext call)
    {
        var basic = Convert.ToBase64String("robot:s3cret"u8);
        var known = call.Request.Headers["Authorization"] == $"Basic {basic}" && call.Request.QueryString["scope"] == "repository:shop/order:pull";
        call.Response.StatusCode = known ? 200 : 401;
        call.Response.ContentType = "application/json";
        call.Response.Close(Encoding.UTF8.GetBytes("""{"token":"t-1"}"""), willBlock: false);
    }

    private void Manifest(HttpListenerContext call)
    {
        if (Interlocked.Increment(ref _answers) <= Failing)
        {
            call.Response.StatusCode = 503;
        }
        else if (call.Request.Headers["Authorization"] != "Bearer t-1")
        {
            call.Response.StatusCode = 401;
            call.Response.Headers["WWW-Authenticate"] = $"Bearer realm=\"http://{Host}/token\",service=\"registry\"";
        }
        else
        {
            Manifests.Add($"{call.Request.HttpMethod} {call.Request.Url!.AbsolutePath}");
            call.Response.Headers["Docker-Content-Digest"] = Digest;
        }

        call.Response.Close();
    }
}
