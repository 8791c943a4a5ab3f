using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>What an admission webhook runs on: HTTPS on this machine, with a certificate that the API server is told.</summary>
internal sealed class AdmissionServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AdmissionServer(WebApplication app, string caBundle) => (_app, ClientConfig) = (app, new { url = app.Urls.First() + "/", caBundle });

    /// <summary>The <c>clientConfig</c> of a webhook.</summary>
    public object ClientConfig { get; }

    /// <param name="answer">Makes an AdmissionReview's <c>response</c> of its <c>request</c>.</param>
    public static async Task<AdmissionServer> StartAsync(Func<JsonElement, Task<object>> answer)
    {
        using var certificate = SelfSigned();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var served = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(served)));
        var app = builder.Build();
        app.MapPost("/", async (HttpRequest request) =>
        {
            var review = await JsonSerializer.DeserializeAsync<JsonElement>(request.Body);
            return Results.Json(new { apiVersion = "admission.k8s.io/v1", kind = "AdmissionReview", response = await answer(review.GetProperty("request")) });
        });
        await app.StartAsync();
        return new AdmissionServer(app, Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>A certificate for this machine, good for a day.</summary>
    internal static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=admission", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}
