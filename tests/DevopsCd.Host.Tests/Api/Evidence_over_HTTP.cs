using System.IO.Compression;
using System.Net;
using System.Text.Json;
using DevopsCd.Shared.Evidence;

namespace DevopsCd.Host.Tests.Api;

public sealed class Evidence_over_HTTP(AccessHost host)
{
    [Fact]
    public async Task Is_a_file_for_who_may_read_the_audit()
    {
        using var answer = await Ask("operator@shop", "shop");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        answer.Content.Headers.ContentDisposition!.FileName!.ShouldMatch("^evidence-B[0-9]{8}-[0-9]{3}.zip$");
        var zip = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        EvidenceCheck.Of(new MemoryStream(zip), null).Where(statement => !statement.Holds).Select(statement => statement.Name)
            .ShouldBe(["signature"], "this host has no key");
        using var archive = new ZipArchive(new MemoryStream(zip));
        using var manifest = JsonDocument.Parse(archive.GetEntry(EvidenceFile.Manifest)!.Open());
        manifest.RootElement.GetProperty("madeBy").GetString().ShouldBe("user:somebody");
        using var again = await Ask("operator@shop", "shop", answer.Headers.ETag!.Tag);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Is_no_file_for_others()
    {
        using var viewer = await Ask("viewer@shop", "shop");
        using var stranger = await Ask("operator@shop", "bank");
        using var half = await Ask("operator@shop viewer@bank", "both");

        (viewer.StatusCode, stranger.StatusCode, half.StatusCode).ShouldBe((HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.Forbidden));
    }

    private async Task<HttpResponseMessage> Ask(string roles, string batch, string? tag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/batches/{host.Batches[batch]}/evidence");
        request.Headers.Add("X-Operator", "somebody");
        request.Headers.Add(AccessHost.Who, roles);
        if (tag is not null)
            request.Headers.Add("If-None-Match", tag);
        return await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
