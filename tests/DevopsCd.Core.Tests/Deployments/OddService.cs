using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>Answers every request with what the test wants.</summary>
internal sealed class OddService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OddService(WebApplication app, Uri address) => (_app, Address) = (app, address);

    public Uri Address { get; }

    public static async Task<OddService> Start(RequestDelegate answer)
    {
        var address = new Uri($"http://127.0.0.1:{Testing.FreePort.Next()}/");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new OddService(app, address);
    }

    public static Task Forever(CancellationToken cancellationToken) => new TaskCompletionSource().Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
