using DevopsCd.Core.Deployments;
using Microsoft.AspNetCore.Http;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>The <c>http</c> driver and answers that no deploy service gives: a proxy, another program, an attacker.</summary>
public sealed class A_deploy_service_that_does_not_keep_to_the_contract
{
    [Theory]
    [InlineData(200, "application/json", "{\"phase\": ", "cannot be read")]
    [InlineData(200, "application/json", "[]", "cannot be read")]
    [InlineData(200, "application/json", "null", "a phase that the contract does not have")]
    [InlineData(200, "application/json", "{\"operationId\":\"b1-api-pre-1-0123456789ab\",\"phase\":\"dancing\"}", "a phase that the contract does not have")]
    [InlineData(200, "application/json", "{\"operationId\":\"b1-web-pre-1-0123456789ab\",\"phase\":\"succeeded\"}", "for another operation")]
    [InlineData(200, "text/html", "<html>Welcome to the proxy</html>", "cannot be read")]
    [InlineData(200, "application/json", "", "cannot be read")]
    public async Task That_talks_nonsense_is_asked_again(int status, string type, string body, string reason)
    {
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            await http.Response.WriteAsync(body);
        });
        await using var client = new DeployClient(odd.Address, "key");

        var answer = (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>();

        answer.Reason.ShouldContain(reason);
        answer.Reason.ShouldNotContain("proxy");
    }

    [Theory]
    [InlineData("application/problem+json", "{\"type\":\"urn:devopscd:deploy:operation-unknown\",\"status\":404}")]
    [InlineData("application/problem+json", "{\"title\":\"Not Found\"}")]
    [InlineData("Application/Problem+JSON; charset=utf-8", "{}")]
    public async Task That_knows_no_such_operation_says_so_as_the_contract_has_it(string type, string body)
    {
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.StatusCode = 404;
            http.Response.ContentType = type;
            await http.Response.WriteAsync(body);
        });
        await using var client = new DeployClient(odd.Address, "key");

        (await client.Service.LookAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Unknown>();
        (await client.Service.StopAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Unknown>();
    }

    [Theory]
    [InlineData(401, "application/problem+json", "{}")]
    [InlineData(403, null, "")]
    [InlineData(302, null, "")]
    [InlineData(404, "text/html", "<html>default backend</html>")]
    [InlineData(404, null, "")]
    [InlineData(404, "application/json", "{\"message\":\"no Route matched with those values\"}")]
    [InlineData(404, "application/problem+json", "{\"type\":\"urn:devopscd:deploy:no-such-path\",\"status\":404}")]
    [InlineData(404, "application/problem+json", "[]")]
    [InlineData(404, "application/problem+json", "")]
    [InlineData(405, "text/plain", "no")]
    public async Task That_refuses_a_look_or_a_stop_has_said_nothing_of_the_rollout(int status, string? type, string body)
    {
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            await http.Response.WriteAsync(body);
        });
        await using var client = new DeployClient(odd.Address, "key");

        (await client.Service.LookAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Refused>().Reason.ShouldContain($"{status}");
        (await client.Service.StopAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Refused>();
    }

    [Fact]
    public async Task That_redirects_is_not_followed_and_the_key_goes_nowhere_else()
    {
        var elsewhere = 0;
        await using var other = await OddService.Start(_ =>
        {
            Interlocked.Increment(ref elsewhere);
            return Task.CompletedTask;
        });
        await using var odd = await OddService.Start(http =>
        {
            http.Response.Redirect(other.Address.ToString(), permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        await using var client = new DeployClient(odd.Address, "key");

        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBe(
            new DeployAnswer.Refused("the deploy service answered 307; redirects are not followed, correct core:k8s:base_url"));
        elsewhere.ShouldBe(0);
    }

    [Fact]
    public async Task That_sends_compressed_text_is_not_unpacked()
    {
        // What could be read if it were unpacked; a bomb is a text like this with a gigabyte of spaces in front.
        using var packed = new MemoryStream();
        await using (var zip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
            await zip.WriteAsync("""{"operationId":"b1-web-pre-1-0123456789ab","phase":"succeeded"}"""u8.ToArray());
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.ContentType = "application/json";
            http.Response.Headers.ContentEncoding = "gzip";
            await http.Response.BodyWriter.WriteAsync(packed.ToArray());
        });
        await using var client = new DeployClient(odd.Address, "key");

        (await client.Service.LookAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>().Reason.ShouldContain(
            "cannot be read");
    }

    [Fact]
    public async Task That_sends_without_end_is_not_read_to_the_end()
    {
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.ContentType = "application/json";
            var block = new byte[64 * 1024];
            Array.Fill(block, (byte)' ');
            while (!http.RequestAborted.IsCancellationRequested)
                await http.Response.Body.WriteAsync(block, http.RequestAborted);
        });
        await using var client = new DeployClient(odd.Address, "key");

        (await client.Service.SubmitAsync(DeployClient.Operation("api"), default)).ShouldBeOfType<DeployAnswer.Transient>();
    }
}
