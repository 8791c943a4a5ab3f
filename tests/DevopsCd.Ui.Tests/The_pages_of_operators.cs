using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DevopsCd.Ui.Tests;

/// <summary>What people do beside releasing, by clicks, on the host that all page tests share.</summary>
public sealed class The_pages_of_operators(Browsers browsers, PagesHost host)
{
    [Fact]
    public async Task Say_which_rule_a_webhook_and_a_build_would_match()
    {
        var repository = $"elsewhere/{Guid.NewGuid():N}";
        var delivery = await host.Webhook(repository);
        await using var reader = await browsers.Open(host.Process.BaseUrl);

        await reader.Go("/webhooks");
        await reader.Page.GetByRole(AriaRole.Link, new() { Name = delivery }).ClickAsync();
        await Expect(reader.Page.Locator("h1")).ToContainTextAsync(delivery);
        await Expect(reader.Page.Locator("tbody tr", new() { HasText = "web-shop" }).First).ToContainTextAsync("does not match");
        await Expect(reader.Page.Locator("pre").Last).ToContainTextAsync(repository);
        await reader.Go("/builds?matched=false");
        await reader.Page.Locator("tbody tr", new() { HasText = repository }).Locator("a.mark").ClickAsync();
        await Expect(reader.Page.Locator("h1")).ToContainTextAsync(repository);
        await Expect(reader.Page.Locator("tbody tr", new() { HasText = "rules:0" })).ToContainTextAsync("does not match");

        await reader.Picture("build-unmatched");
        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Try_a_channel_and_send_a_notice_again()
    {
        var batch = await host.Batch("Told twice", await host.Application());
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        (await host.Api.Raise(batch, "approve")).Expect();

        await reader.Go("/notifications");
        await reader.Page.Locator("[data-test=log]").ClickAsync();
        await Expect(reader.Page.Locator("[data-tested=works]")).ToBeVisibleAsync();
        var row = reader.Page.Locator("tbody tr", new() { Has = reader.Page.Locator($"a[href='/batches/{batch}']") }).First;
        await Expect(row.Locator("[data-outcome=sent]")).ToBeVisibleAsync();
        await row.Locator("[data-resend]").ClickAsync();
        await Expect(row.Locator("[data-outcome=sent]")).ToBeVisibleAsync();

        await Expect(reader.Page.Locator("[data-refusal]")).ToHaveCountAsync(0);
        reader.Complaints.ShouldBeEmpty();
        (await host.Api.Raise(batch, "cancel", "told")).Expect();
    }

    [Fact]
    public async Task Make_a_project_set_its_policy_and_give_roles_in_it()
    {
        var project = $"team-{Guid.NewGuid():N}"[..14];
        await using var reader = await browsers.Open(host.Process.BaseUrl);

        await reader.Go("/projects");
        await reader.Page.Locator("input[name=name]").FillAsync(project);
        await reader.Page.Locator("[data-act=create]").ClickAsync();
        await Expect(reader.Page.Locator("h1")).ToHaveTextAsync(project);
        await reader.UntilLive();
        await reader.Page.Locator("input[name='approvals.required']").FillAsync("99");
        await reader.Page.Locator("[data-act=save]").ClickAsync();
        // The API's own words beside the field, and what was typed stays.
        await Expect(reader.Page.Locator("label", new() { Has = reader.Page.Locator("input[name='approvals.required']") }).Locator(".wrong"))
            .ToContainTextAsync("20");
        await Expect(reader.Page.Locator("input[name='approvals.required']")).ToHaveValueAsync("99");
        await reader.Page.Locator("input[name='approvals.required']").FillAsync("2");
        await reader.Page.Locator("[data-act=save]").ClickAsync();
        await Expect(reader.Page.Locator("[data-saved]")).ToBeVisibleAsync();
        var stored = (await host.Api.Send(HttpMethod.Get, $"projects/{project}")).Expect().Body;
        stored.GetProperty("effective").GetProperty("approvals").GetProperty("required").GetInt32().ShouldBe(2);

        await reader.Go("/access");
        await reader.Page.Locator("input[name=newSubject]").FillAsync("group:testers");
        await reader.Page.Locator("select[name=newRole]").SelectOptionAsync("approver");
        await reader.Page.Locator("select[name=newProject]").SelectOptionAsync(project);
        await reader.Page.Locator("[data-act=add]").ClickAsync();
        var binding = reader.Page.Locator("[data-bindings] tbody tr", new() { HasText = project });
        await Expect(binding).ToContainTextAsync("approver");
        await reader.Go($"/access?subject=group:testers&where={project}");
        await Expect(reader.Page.Locator("[data-explained] tr", new() { Has = reader.Page.Locator("code", new() { HasTextRegex = new Regex("^approve$") }) })).ToContainTextAsync("group:testers");
        await reader.Go("/access");
        await binding.Locator("[data-remove]").ClickAsync();
        await Expect(binding).ToHaveCountAsync(0);

        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Change_what_goes_along_in_a_batch()
    {
        var (first, second, third) = (await host.Application(), await host.Application(), await host.Application());
        (await host.Api.AddBuild(first, 2)).Expect();
        var batch = (await host.Api.CreateBatch("Changed by hand", null, [first, second])).Expect().Id;
        await using var reader = await browsers.Open(host.Process.BaseUrl, "zh-CN");

        await reader.Go($"/batches/{batch}?app={first}");
        await reader.Page.Locator("select[name=build]").SelectOptionAsync("1");
        await reader.Page.Locator("[data-act=pin]").ClickAsync();
        await Expect(reader.Page.Locator($"#app-{first}")).ToContainTextAsync("固定");
        await reader.Page.Locator($"input[name=dependsOn][value={second}]").CheckAsync();
        await reader.Page.Locator("[data-act=depend]").ClickAsync();
        await Expect(reader.Page.Locator($"#app-{first} td").Nth(4)).ToHaveTextAsync(second);
        await reader.Page.Locator("[data-add=applications] summary").ClickAsync();
        await reader.Page.Locator("input[name=add]").FillAsync("no-such-application");
        await reader.Page.Locator("[data-act=add]").ClickAsync();
        await Expect(reader.Page.Locator("[data-refusal]")).ToContainTextAsync("no-such-application");
        await reader.Page.Locator("input[name=add]").FillAsync(third);
        await reader.Page.Locator("[data-act=add]").ClickAsync();
        await Expect(reader.Page.Locator($"#app-{third}")).ToBeVisibleAsync();
        await reader.Picture("batch-edit");
        await reader.Page.Locator(".tabs a[href$='tab=graph']").ClickAsync();
        await Expect(reader.Page.Locator("[data-level='2']")).ToContainTextAsync(first);
        await reader.Page.Locator("[data-level='2'] a").ClickAsync();
        await Expect(reader.Page.Locator(".graph svg .edge")).ToHaveCountAsync(1);
        await reader.Picture("batch-graph");
        await reader.Go($"/batches/{batch}?app={third}");
        await reader.Page.Locator("[data-act=remove]").ClickAsync();
        await Expect(reader.Page.Locator($"#app-{third}")).ToHaveCountAsync(0);
        await reader.Go($"/batches/{batch}?tab=history");
        await Expect(reader.Page.Locator("tbody tr", new() { HasText = $"{first} 依赖：{second}" })).ToHaveCountAsync(1);

        reader.Complaints.ShouldBeEmpty();
        (await host.Api.Raise(batch, "cancel", "changed")).Expect();
    }

    [Fact]
    public async Task Show_what_runs_where_and_what_was_deployed_of_an_application()
    {
        var application = await host.Application();
        var batch = await host.Batch("Runs", application);
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        foreach (var step in (string[])["approve", "confirm_tag"])
            (await host.Api.Raise(batch, step)).Expect();

        await reader.Go($"/running?q={application}");
        await Expect(reader.Page.Locator($"#app-{application} a[href='/batches/{batch}']")).ToBeVisibleAsync();
        await reader.Picture("running-one");
        await reader.Go($"/applications/{application}");
        await Expect(reader.Page.Locator("[data-history] [data-outcome=succeeded]")).ToBeVisibleAsync();

        reader.Complaints.ShouldBeEmpty();
    }
}
