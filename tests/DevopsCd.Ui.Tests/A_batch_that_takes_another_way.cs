namespace DevopsCd.Ui.Tests;

/// <summary>What people do with a batch that does not go straight to its acceptance, by clicks on the host that all page tests share.</summary>
public sealed class A_batch_that_takes_another_way(Browsers browsers, PagesHost host)
{
    [Fact]
    public async Task Lets_applications_leave_for_a_batch_of_their_own_with_what_depends_on_them()
    {
        var first = await host.Application();
        var (second, third) = (await host.Application(first), await host.Application());
        var batch = (await host.Api.CreateBatch("Too many at once", null,
            [new { application = first }, new { application = second, dependsOn = new[] { first } }, new { application = third }])).Expect().Id;
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        await Raise(batch, "approve", "confirm_tag");
        await reader.Go($"/batches/{batch}");
        await reader.UntilState("PreDeployed");

        await reader.Page.Locator("[data-split] summary").ClickAsync();
        await Expect(reader.Page.Locator("[data-act=split]")).ToBeDisabledAsync();
        await reader.Page.Locator($"input[name=leaves][value={first}]").CheckAsync();
        await reader.Page.Locator("[data-act=split]").ClickAsync();
        // The other one would deploy without what it needs.
        await Expect(reader.Page.Locator("[data-split] .wrong")).ToContainTextAsync(second);
        await reader.Picture("batch-split");
        await reader.Page.Locator("input[name=withDependents]").CheckAsync();
        await reader.Page.Locator("[data-act=split]").ClickAsync();

        await reader.UntilState("PendingApproval");
        await Expect(reader.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(2);
        await Expect(reader.Page.Locator($"#app-{second}")).ToBeVisibleAsync();
        await reader.Go($"/batches/{batch}");
        await Expect(reader.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(1);
        await Expect(reader.Page.Locator($"#app-{third}")).ToBeVisibleAsync();
        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_cancelled_with_production_half_moved_only_by_who_types_its_number()
    {
        var (moves, fails) = (await host.Application(), await host.Application());
        (await host.Api.SetTarget(fails, "prod", "cluster-1", new
        {
            type = "rolling",
            simulate = new { duration = "100ms", outcome = "fail", attempts = 9, reason = "disk full" }
        })).Expect();
        var batch = (await host.Api.CreateBatch("Half way", null, [moves, fails])).Expect().Id;
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        await Raise(batch, "approve", "confirm_tag");
        await reader.Go($"/batches/{batch}");
        await reader.UntilState("PreDeployed");
        await reader.Raise("start_prod_deploy");
        await reader.Confirm("start_prod_deploy");
        await Expect(reader.Page.Locator(".trouble pre").First).ToContainTextAsync("disk full");

        await Expect(reader.Page.Locator("[data-why=cancel]")).ToBeVisibleAsync();
        await reader.Raise("cancel");
        var number = (await reader.Page.Locator("h1").First.InnerTextAsync()).Split(' ')[0];
        await reader.Page.Locator(".mud-dialog textarea[name=reason]").FillAsync("it stays as it is");
        await Expect(reader.Page.Locator("[data-confirm=cancel]")).ToBeDisabledAsync();
        await reader.Page.Locator(".mud-dialog input[name=number]").FillAsync(number);
        await reader.Picture("batch-accept-moved");
        await reader.Confirm("cancel");

        await reader.UntilState("Cancelled");
        var shown = (await host.Api.Batch(batch)).Expect().Body;
        (shown.GetProperty("cancelReason").GetString(), shown.GetProperty("prodDirty").GetBoolean()).ShouldBe(("it stays as it is", true));
        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_taken_back_after_its_acceptance_by_a_new_batch_of_what_ran_before()
    {
        var application = await host.Application();
        await Accepted(await host.Batch("The one before", application), application);
        (await host.Api.AddBuild(application, 2)).Expect();
        var batch = await host.Batch("Regretted", application);
        await Accepted(batch, application);
        await using var reader = await browsers.Open(host.Process.BaseUrl);

        await reader.Go($"/batches/{batch}");
        await reader.Raise("revert");

        await reader.UntilState("PendingApproval");
        await Expect(reader.Page.Locator($"#app-{application} td").First).ToContainTextAsync("pinned by");
        await Expect(reader.Page.Locator($"#app-{application} td").First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^1 "));
        await reader.Picture("batch-revert");
        reader.Complaints.ShouldBeEmpty();
    }

    /// <summary>Takes a batch of one application to its end over the API, the engine's steps waited for on a page.</summary>
    private async Task Accepted(long batch, string application)
    {
        await using var reader = await browsers.Open(host.Process.BaseUrl);
        await Raise(batch, "approve", "confirm_tag");
        await reader.Go($"/batches/{batch}?app={application}");
        await reader.UntilState("PreDeployed");
        await Raise(batch, "start_prod_deploy");
        await reader.UntilState("ProdDeployed");
        await Raise(batch, "final_accept");
    }

    private async Task Raise(long batch, params string[] events)
    {
        foreach (var step in events)
            (await host.Api.Raise(batch, step)).Expect();
    }
}
