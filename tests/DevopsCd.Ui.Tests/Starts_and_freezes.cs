using System.Globalization;
using System.Text.RegularExpressions;

namespace DevopsCd.Ui.Tests;

/// <summary>When production starts, and what keeps it from it, by clicks on the host that all page tests share.</summary>
public sealed class Starts_and_freezes(Browsers browsers, PagesHost host)
{
    [Fact]
    public async Task Are_checked_scheduled_withdrawn_frozen_and_overridden_on_the_pages()
    {
        var project = $"team-{Guid.NewGuid():N}"[..14];
        (await host.Api.Send(HttpMethod.Put, $"projects/{project}", new { gates = new[] { new { name = "legal", at = "before_seal", kind = "manual" } } })).Expect();
        var application = await host.Application();
        (await host.Api.Send(HttpMethod.Patch, $"applications/{application}", new { project })).Expect();
        var batch = await host.Batch("Waits for its time", application);
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        var page = reader.Page;

        // Before the seal.
        await reader.Go($"/batches/{batch}");
        await page.Locator("[data-check]").ClickAsync();
        await Expect(page.Locator("[data-preview=pre]")).ToContainTextAsync("1 deployment");
        await Expect(page.Locator("[data-check-result=stopped]")).ToContainTextAsync("Pending approval");
        await reader.Raise("approve");
        await reader.UntilState("Approved");
        await reader.Go($"/batches/{batch}?tab=gates");
        await page.Locator("[data-gate=legal] [data-act=fail]").ClickAsync();
        await Expect(page.Locator("#gate-wrong")).ToContainTextAsync("is required");
        await reader.Picture("batch-gates");
        await page.Locator("[data-gate=legal] [data-act=pass]").ClickAsync();
        await Expect(page.Locator("[data-gate=legal]")).ToContainTextAsync("passed");
        await reader.Go($"/batches/{batch}?tab=preflight");
        await page.Locator("[data-act=check]").ClickAsync();
        await Expect(page.Locator("[data-check-result=ok]")).ToBeVisibleAsync();
        await reader.Picture("batch-preflight");
        await reader.Raise("confirm_tag");
        await reader.UntilState("PreDeployed");

        // At its time.
        await page.Locator("[data-later=start_prod_deploy]").ClickAsync();
        await Expect(page.Locator(".mud-dialog [data-preview=prod]")).ToContainTextAsync("1 deployment");
        var tomorrow = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).AddDays(1);
        await page.Locator("input[name=notBefore]").FillAsync(Local(tomorrow));
        await page.Locator("input[name=expiresAt]").FillAsync(Local(tomorrow.AddHours(-1)));
        await reader.Confirm("start_prod_deploy");
        await Expect(page.Locator(".mud-dialog .wrong", new() { HasTextRegex = new Regex("after") })).ToBeVisibleAsync();
        await page.Locator("input[name=expiresAt]").FillAsync(Local(tomorrow.AddHours(1)));
        await reader.Picture("batch-schedule");
        await reader.Confirm("start_prod_deploy");
        await Expect(page.Locator(".note", new() { HasText = tomorrow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) })).ToBeVisibleAsync();
        await page.Locator("[data-act=withdraw]").ClickAsync();
        await Expect(page.Locator("[data-act=withdraw]")).ToHaveCountAsync(0);

        // Not while it is frozen.
        await reader.Go("/freezes");
        await page.Locator("[data-act=new]").ClickAsync();
        await page.Locator("input[name=name]").FillAsync(project);
        await page.Locator("input[name=reason]").FillAsync("the books are closed");
        await page.Locator($"input[name=project][value={project}]").CheckAsync();
        await page.Locator("input[name=from]").FillAsync(Local(tomorrow.AddDays(-2)));
        await page.Locator("input[name=to]").FillAsync(Local(tomorrow.AddDays(-3)));
        await page.Locator("[data-act=save]").ClickAsync();
        await Expect(page.Locator("label", new() { Has = page.Locator("input[name=to]") }).Locator(".wrong")).ToContainTextAsync("after from");
        await page.Locator("input[name=to]").FillAsync(Local(tomorrow.AddDays(1)));
        await page.Locator("[data-act=save]").ClickAsync();
        await Expect(page.Locator($"#freeze-{project} [data-freeze-state=active]")).ToBeVisibleAsync();
        await Expect(page.Locator($".calendar [data-day='{tomorrow:yyyy-MM-dd}'] .frozen", new() { HasText = project })).ToBeVisibleAsync();
        await reader.Picture("freezes");
        await reader.Go($"/batches/{batch}");
        await Expect(page.Locator("[data-why=start_prod_deploy]")).ToContainTextAsync("the books are closed");
        await reader.Raise("start_prod_deploy");
        await reader.Confirm("start_prod_deploy");
        await Expect(page.Locator("#wrong")).ToContainTextAsync("is required");
        await page.Locator("textarea[name=reason]").FillAsync("security fix");
        await reader.Confirm("start_prod_deploy");
        await reader.UntilState("ProdDeployed");
        await reader.Go("/freezes");
        await page.Locator($"[data-remove={project}]").ClickAsync();
        await page.Locator($"[data-remove-sure={project}]").ClickAsync();
        await Expect(page.Locator($"#freeze-{project}")).ToHaveCountAsync(0);

        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Are_decided_anew_where_the_batch_has_moved_on_meanwhile()
    {
        var application = await host.Application();
        (await host.Api.SetTarget(application, "prod", "cluster-1", new
        {
            type = "rolling",
            simulate = new { duration = "100ms", outcome = "fail", attempts = 1, reason = "disk full" }
        })).Expect();
        var batch = await host.Batch("Decided twice", application);
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        foreach (var step in (string[])["approve", "confirm_tag"])
            (await host.Api.Raise(batch, step)).Expect();
        await reader.Go($"/batches/{batch}");
        await reader.UntilState("PreDeployed");
        await reader.Raise("start_prod_deploy");
        await Expect(reader.Page.Locator(".mud-dialog [data-preview=prod]")).ToBeVisibleAsync();

        // Somebody else is faster, and fails.
        (await host.Api.Raise(batch, "start_prod_deploy")).Expect();
        await Expect(reader.Page.Locator(".trouble pre").First).ToContainTextAsync("disk full");
        await reader.Confirm("start_prod_deploy");
        await Expect(reader.Page.Locator("[data-stale]")).ToContainTextAsync("Start production by tester");
        await reader.Picture("batch-start-stale");
        await reader.Confirm("start_prod_deploy");

        await reader.UntilState("ProdDeployed");
        reader.Complaints.ShouldBeEmpty();
    }

    private static string Local(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
