using System.Collections.Concurrent;
using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>R22: whoever calls a gate and dies has asked for nothing; another host asks again, and the receiver sees the same question.</summary>
public sealed class A_host_killed_in_its_gate_call
{
    [Fact]
    public async Task Leaves_the_question_to_another_host_and_the_batch_goes_on()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        var asked = new ConcurrentQueue<string>();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await ReceiverAsync(async http =>
        {
            asked.Enqueue(http.Request.Headers["webhook-id"].ToString());
            if (asked.Count == 1)
            {
                arrived.SetResult();
                // Until its caller is dead: the answer reaches nobody.
                var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var told = http.RequestAborted.Register(gone.SetResult);
                await gone.Task;
                return;
            }
            await http.Response.WriteAsync("""{"result":"passed","reason":"p99 is 80 ms"}""");
        });
        var settings = HostSettings.On(database, broker).With("core__deploy__simulated_duration", "100ms").With("core__notification__provider", "log")
            .With("core__scan_interval", "1s").With("core__gates__allow_http", "true").With("core__gates__allowed_hosts__0", "127.0.0.1")
            .With("core__gates__call_timeout", "5s").With("core__gates__secrets__ci", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3");
        await using var first = await HostProcess.StartNewAsync("asker", settings);
        var api = CdApi.Patient(first.Http);
        await api.Register("api", "pre");
        (await api.Send(HttpMethod.Put, "projects/default", new
        {
            gates = new[] { new { name = "load", at = "before_pre", kind = "webhook", url = receiver.Urls.Single(), secret = "ci" } }
        })).Expect();
        var batch = (await api.CreateBatch("Release 1", null, ["api"])).Expect().Id;
        (await api.Raise(batch, "approve")).Expect();
        (await api.Raise(batch, "confirm_tag")).Expect();
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1));

        await first.Kill9Async();
        await using var second = await HostProcess.StartNewAsync("survivor", settings);

        var later = CdApi.Patient(second.Http);
        await Eventually.Sees(() => later.Batch(batch), b => b.IsSuccess && b.State == 22, "the gate was asked again and the batch is deployed");
        asked.Count.ShouldBe(2);
        asked.Distinct().Count().ShouldBe(1, "the receiver sees the same question");
        var gate = (await later.Send(HttpMethod.Get, $"batches/{batch}/gates")).Expect().Body.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (gate.GetProperty("status").GetString(), gate.GetProperty("tries").GetInt32()).ShouldBe(("passed", 2));
    }

    private static async Task<WebApplication> ReceiverAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
