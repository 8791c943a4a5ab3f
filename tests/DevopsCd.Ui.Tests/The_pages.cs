using System.Net;
using System.Net.WebSockets;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace DevopsCd.Ui.Tests;

public sealed class The_pages(Browsers browsers, PagesHost host)
{
    private const string Script = "<img src=x onerror=alert(1)><script>alert(2)</script>";

    /// <summary>Every page in both languages and both colours. Two of the four are pictured, for people to look at.</summary>
    [Theory]
    [InlineData("en-US")]
    [InlineData("zh-CN")]
    public async Task Can_be_used_by_everybody_in_both_languages_and_colours(string locale)
    {
        var application = await Free();
        var batch = await host.Batch($"Readable {locale}", application);
        await using var reader = await browsers.Open(host.Process.BaseUrl, locale);

        foreach (var (name, path) in ((string, string)[])
            [
                ("batches", "/"), ("board", "/batches?view=board"), ("batch", $"/batches/{batch}"), ("edit", $"/batches/{batch}?app={application}"),
                ("graph", $"/batches/{batch}?tab=graph"), ("timeline", $"/batches/{batch}?tab=timeline"), ("changes", $"/batches/{batch}?tab=changes"),
                ("history", $"/batches/{batch}?tab=history"), ("notices", $"/batches/{batch}?tab=notices"), ("preflight", $"/batches/{batch}?tab=preflight"),
                ("applications", "/applications"), ("application", "/applications/web-shop"), ("builds", "/builds"), ("running", "/running"),
                ("freezes", "/freezes"), ("projects", "/projects"), ("project", "/projects/default"), ("notifications", "/notifications"),
                ("webhooks", "/webhooks"), ("messages", "/parked"), ("access", "/access"), ("tokens", "/access/tokens")
            ])
        {
            await reader.Go(path);
            await Judge(reader, name, locale);
        }
        await reader.Page.GotoAsync($"/batches/new?like={batch}");
        await Expect(reader.Page.Locator("button[type=submit]")).ToBeVisibleAsync();
        await Judge(reader, "new", locale);
        (await reader.Page.Locator("html").GetAttributeAsync("lang")).ShouldBe(locale[..2]);
        reader.Complaints.ShouldBeEmpty();
        foreach (var path in (string[])["/nowhere", "/login"])
        {
            await reader.Page.GotoAsync(path);
            await Judge(reader, path[1..], locale);
        }
        await host.Api.Raise(batch, "cancel", "looked at");
    }

    /// <summary>The page follows the system's colours while it is open.</summary>
    private static async Task Judge(Reader reader, string name, string locale)
    {
        foreach (var isDark in (bool[])[false, true])
        {
            // Without motion: colours on their way from one to the other are neither.
            await reader.Page.EmulateMediaAsync(new()
            {
                ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce
            });
            if (isDark == (locale == "zh-CN"))
                await reader.Picture($"{name}-{locale}-{(isDark ? "dark" : "light")}");
            Grave(await reader.Page.RunAxe()).ShouldBeEmpty($"{name} {locale} {(isDark ? "dark" : "light")}");
        }
    }

    [Fact]
    public async Task Print_what_is_to_be_read_and_nothing_to_click()
    {
        var batch = await host.Batch("On paper", await host.Application());
        await using var reader = await browsers.Open(host.Process.BaseUrl, isDark: true);

        await reader.Go($"/batches/{batch}");
        await reader.Page.EmulateMediaAsync(new() { Media = Media.Print });

        await Expect(reader.Page.Locator(".bar")).ToBeHiddenAsync();
        await Expect(reader.Page.Locator(".actions")).ToBeHiddenAsync();
        await Expect(reader.Page.Locator("h1")).ToBeVisibleAsync();
        await Expect(reader.Page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(255, 255, 255)");
        await Expect(reader.Page.Locator("tbody tr").First).ToHaveCSSAsync("color", "rgb(0, 0, 0)");
        await reader.Picture("batch-print");
        await host.Api.Raise(batch, "cancel", "printed");
    }

    [Fact]
    public async Task Move_nothing_for_who_does_not_want_it()
    {
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        await reader.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });

        await reader.Go("/");

        (await reader.Page.EvaluateAsync<bool>("""
            [...document.querySelectorAll('*')].every(e => ['0s', ''].includes(getComputedStyle(e).transitionDuration.split(',')[0]) && getComputedStyle(e).animationName === 'none')
            """)).ShouldBeTrue();
    }

    [Fact]
    public async Task Show_what_people_write_as_it_is()
    {
        var batch = await host.Batch($"Title {Script}", await Free());
        await using var reader = await browsers.Open(host.Process.BaseUrl);

        await reader.Go($"/batches/{batch}");
        await Expect(reader.Page.Locator("h1")).ToContainTextAsync(Script);
        await reader.Raise("reject");
        await reader.Confirm("reject");
        await Expect(reader.Page.Locator("#wrong")).ToContainTextAsync("is required");
        await reader.Page.Locator("textarea[name=reason]").FillAsync($"Reason {Script}");
        await reader.Confirm("reject");
        await reader.UntilState("Rejected");
        await Expect(reader.Page.Locator(".turn")).ToContainTextAsync(Script);
        await reader.Page.Locator(".tabs a[href$='tab=history']").ClickAsync();
        await Expect(reader.Page.Locator("tbody tr").First).ToContainTextAsync(Script);
        await reader.Go($"/?q={Uri.EscapeDataString("Title <img")}");
        await Expect(reader.Page.Locator("tbody .text")).ToContainTextAsync(Script);

        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Show_a_build_when_it_arrives()
    {
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        await reader.Go("/builds?matched=false");
        var stranger = $"stranger-{Guid.NewGuid():N}";

        (await host.Api.Send(HttpMethod.Post, "builds", new
        {
            application = stranger,
            buildNumber = "7",
            branch = "main",
            commitId = "0123456789abcdef",
            commitMessage = Script,
            imageName = "registry.example/x",
            imageTag = "7",
            status = "success",
            link = "https://ci.example/7"
        })).Expect();

        var row = reader.Page.Locator("tbody tr", new() { HasText = stranger });
        await Expect(row).ToContainTextAsync(Script);
        await Expect(row.Locator("a[target=_blank]")).ToHaveAttributeAsync("href", "https://ci.example/7");
        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keep_what_a_reader_chooses()
    {
        await using var reader = await browsers.Open(host.Process.BaseUrl);

        await reader.Go("/batches?state=Sealed");
        await reader.Page.Locator("button[name=language][value=zh]").ClickAsync();
        await Expect(reader.Page.Locator("h1")).ToHaveTextAsync("批次");
        await reader.Page.Locator("button[name=theme][value=dark]").ClickAsync();
        await Expect(reader.Page.Locator("html[data-theme=dark]")).ToBeAttachedAsync();

        new Uri(reader.Page.Url).PathAndQuery.ShouldBe("/batches?state=Sealed");
        (await reader.Page.Locator("html").GetAttributeAsync("lang")).ShouldBe("zh");
        await Expect(reader.Page.Locator("[data-chip=Sealed]")).ToHaveAttributeAsync("aria-current", "true");
        reader.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/batches/987654321")]
    public async Task Say_in_words_that_there_is_nothing(string path)
    {
        await using var reader = await browsers.Open(host.Process.BaseUrl, "zh-CN");

        var answer = await reader.Page.GotoAsync(path);

        answer!.Status.ShouldBe((int)HttpStatusCode.NotFound);
        await Expect(reader.Page.Locator("h1")).ToHaveTextAsync("页面不存在");
    }

    [Fact]
    public async Task Come_back_by_themselves_when_their_host_does()
    {
        await using var own = await Testing.Hosting.HostProcess.StartNewAsync("dies", Testing.Hosting.HostSettings.Embedded());
        await using var reader = await browsers.Open(own.BaseUrl);
        await reader.Go("/");

        await own.Kill9Async();
        await Expect(reader.Page.Locator(".reconnect.down")).ToBeVisibleAsync();
        await own.StartAsync();

        await Expect(reader.Page.Locator(".reconnect.down")).ToHaveCountAsync(0);
        await reader.UntilLive();
    }

    /// <summary>Browsers let any page open a WebSocket to any host, and where nobody logs in nothing else would stop it.</summary>
    [Fact]
    public async Task Take_no_connection_from_pages_of_others()
    {
        var address = new UriBuilder(host.Process.BaseUrl) { Scheme = "ws", Path = "/_blazor" }.Uri;
        using var strange = new ClientWebSocket();
        strange.Options.SetRequestHeader("Origin", "http://evil.example");
        using var own = new ClientWebSocket();
        own.Options.SetRequestHeader("Origin", host.Process.BaseUrl.GetLeftPart(UriPartial.Authority));

        (await Should.ThrowAsync<WebSocketException>(() => strange.ConnectAsync(address, CancellationToken.None))).Message.ShouldContain("403");
        await own.ConnectAsync(address, CancellationToken.None);

        own.State.ShouldBe(WebSocketState.Open);
    }

    /// <summary>An application that is in no open batch: the tests of this class share six of them, one after the other.</summary>
    private async Task<string> Free() => (await host.Api.Send(HttpMethod.Get, "applications")).Expect().Body.GetProperty("items").EnumerateArray()
        .First(application => !application.TryGetProperty("openBatch", out _)).GetProperty("name").GetString()!;

    private static IEnumerable<string> Grave(AxeResult result) => result.Violations.Where(violation => violation.Impact is "serious" or "critical")
        .Select(violation => $"{violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}");
}
