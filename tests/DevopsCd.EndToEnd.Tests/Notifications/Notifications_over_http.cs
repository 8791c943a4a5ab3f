using System.Diagnostics;
using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Notifications;

public sealed class Notifications_over_http(ITestOutputHelper output)
{
    [Fact]
    public async Task Show_what_was_told_and_send_it_again_and_try_a_channel_without_telling_a_secret()
    {
        await using var lark = await FakeLark.StartAsync();
        await using var host = await HostProcess.StartNewAsync("notices", HostSettings.Embedded().Telling(lark)
            .With("core__notification__provider", "lark,log").With("core__notification__public_url", "https://cd.example.com"));
        var api = CdApi.Patient(host.Http, "alice");
        (await api.AddApplication("shop")).Status.ShouldBe(HttpStatusCode.Created);
        await api.AddBuild("shop", 1);
        var created = await api.CreateBatch("<at user_id=\"all\">everybody</at>", "B-NOTE-1", ["shop"]);
        var batch = created.Body.GetProperty("id").GetInt64();

        var started = Stopwatch.GetTimestamp();
        (await api.Raise(batch, "approve")).Status.ShouldBe(HttpStatusCode.OK);
        await Eventually.IsTrue(() => lark.Cards.Count == 1, "the card arrived");
        output.WriteLine($"approve over HTTP → card at the bot: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
        await Eventually.Sees(() => api.Send(HttpMethod.Get, $"notifications?batch={batch}&status=sent"),
            a => a.Body.GetProperty("items").GetArrayLength() == 2, "both channels told");

        var page = await api.Send(HttpMethod.Get, $"notifications?batch={batch}&limit=1");
        page.Body.GetProperty("items").GetArrayLength().ShouldBe(1);
        var rest = await api.Send(HttpMethod.Get, $"notifications?batch={batch}&limit=1&cursor={page.Body.GetProperty("nextCursor").GetString()}");
        rest.Body.TryGetProperty("nextCursor", out _).ShouldBeFalse();
        var items = page.Body.GetProperty("items").EnumerateArray().Concat(rest.Body.GetProperty("items").EnumerateArray()).ToList();
        items.Select(i => i.GetProperty("channel").GetString()).Order().ShouldBe(["lark", "log"]);
        var told = items.Single(i => i.GetProperty("channel").GetString() == "lark").GetProperty("id").GetInt64();

        (await api.Send(HttpMethod.Post, $"notifications/{told}/resend")).Status.ShouldBe(HttpStatusCode.OK);
        await Eventually.IsTrue(() => lark.Cards.Count == 2, "the card arrived again");
        var tested = await api.Send(HttpMethod.Post, "notifications/test", new { channel = "lark" });
        tested.Status.ShouldBe(HttpStatusCode.OK, tested.ToString());
        tested.Body.GetProperty("response").GetString().ShouldNotBeNull().ShouldContain("\"code\":0");
        lark.Cards.Count.ShouldBe(3);

        var texts = new List<string> { page.ToString(), rest.ToString(), tested.ToString() };
        foreach (var (answer, status) in new[]
                 {
                     (await api.Send(HttpMethod.Post, "notifications/999999/resend"), HttpStatusCode.NotFound),
                     (await api.Send(HttpMethod.Post, "notifications/test", new { channel = "pigeon" }), HttpStatusCode.NotFound),
                     (await api.Send(HttpMethod.Post, $"notifications/{tested.Body.GetProperty("id").GetInt64()}/resend"), HttpStatusCode.Conflict),
                     (await api.Send(HttpMethod.Get, "notifications?status=lost"), HttpStatusCode.UnprocessableEntity),
                     (await api.Send(HttpMethod.Get, "notifications?cursor=x"), HttpStatusCode.UnprocessableEntity)
                 })
        {
            answer.Status.ShouldBe(status, answer.ToString());
            texts.Add(answer.ToString());
        }

        texts.Add(host.LogTail);
        var all = string.Join('\n', texts);
        all.ShouldNotContain(lark.Secret);
        all.ShouldNotContain(lark.Webhook.Segments[^1]);
    }

    [Fact]
    public async Task Go_where_the_batchs_project_wants_them()
    {
        await using var lark = await FakeLark.StartAsync();
        await using var host = await HostProcess.StartNewAsync("projects", HostSettings.Embedded().Telling(lark)
            .With("core__notification__provider", "lark,log").With("core__notification__default_channels", "log").With("core__notification__projects__shop",
                "lark"));
        var api = CdApi.Patient(host.Http, "alice");
        foreach (var application in new[] { "cart", "mail", "pay" })
        {
            (await api.AddApplication(application)).Expect();
            await api.AddBuild(application, 1);
        }

        (await api.Send(HttpMethod.Put, "projects/shop", new { })).Expect();
        var shop = (await api.Send(HttpMethod.Post, "batches",
            new { title = "Autumn", project = "shop", releases = new[] { new { application = "cart" } } })).Expect().Body;
        var other = (await api.CreateBatch("Winter", null, ["mail"])).Expect().Body;
        foreach (var batch in new[] { shop, other })
            (await api.Raise(batch.GetProperty("id").GetInt64(), "approve")).Expect();

        shop.GetProperty("project").GetString().ShouldBe("shop");
        await Told(shop, "lark");
        await Told(other, "log");
        lark.Cards.ShouldHaveSingleItem().Text.ShouldContain("shop");
        var wrong = await api.Send(HttpMethod.Post, "batches", new { title = "x", project = "a b", releases = new[] { new { application = "pay" } } });
        wrong.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        wrong.Body.GetProperty("errors").GetProperty("project")[0].GetString().ShouldNotBeNull().ShouldContain("letters, digits");

        async Task Told(System.Text.Json.JsonElement batch, string channel)
        {
            var rows = await Eventually.Sees(
                () => api.Send(HttpMethod.Get, $"notifications?batch={batch.GetProperty("id").GetInt64()}"),
                a => a.Body.GetProperty("items").EnumerateArray().All(n => n.GetProperty("status").GetString() == "sent"), "it was told");
            rows.Body.GetProperty("items").EnumerateArray().Select(n => n.GetProperty("channel").GetString()).ShouldBe([channel]);
        }
    }

    [Fact]
    public async Task Never_begin_with_a_wrong_configuration()
    {
        await using var host = new HostProcess("wrong-notices", HostSettings.Embedded()
            .With("core__notification__provider", "pigeon").With("core__notification__retry_wait", "soon")
            .With("core__notification__channels__0__name", "x").With("core__notification__channels__0__type", "slack")
            .With("core__notification__channels__0__url", "http://canary-host/canary-token"));

        host.Launch();
        await Eventually.IsTrue(() => !host.IsRunning && host.LogTail.Contains("configuration is wrong"), "the host refused to start");

        host.LogTail.ShouldContain("core:notification:provider 'pigeon' unknown; known: lark, dingtalk, wecom, slack, teams, email, webhook, cdevents, log");
        host.LogTail.ShouldContain("core:notification:retry_wait must be a duration");
        host.LogTail.ShouldContain("address of channel 'x' must be https");
        host.LogTail.ShouldNotContain("canary-token");
    }
}
