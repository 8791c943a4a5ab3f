using DevopsCd.Testing.Hosting;

namespace DevopsCd.Ui.Tests;

/// <summary>The story of the README, told by clicks alone, on the embedded mode.</summary>
public sealed class A_release_by_clicks(Browsers browsers)
{
    [Fact]
    public async Task Goes_from_creation_to_acceptance()
    {
        await using var host = await HostProcess.StartNewAsync("clicks", HostSettings.Embedded().With("core__storage__sample_catalogue", "true"));
        await using var reader = await browsers.Open(host.BaseUrl);

        await reader.Go("/");
        await reader.Picture("batches-none");
        await reader.Page.Locator("a[href='/batches/new']").ClickAsync();
        await reader.Tick("order-service");
        await reader.Tick("web-shop");
        await reader.Page.Locator("[data-add=dependencies]").ClickAsync();
        await Expect(reader.Page.Locator("legend b")).ToHaveTextAsync("5");
        await reader.Page.Locator("input[name=title]").FillAsync("First release");
        await reader.Picture("batch-new");
        await reader.Page.Locator("button[type=submit]").ClickAsync();
        await reader.UntilState("PendingApproval");
        await reader.Raise("approve");
        await reader.UntilState("Approved");
        await reader.Picture("batch-approved");
        await reader.Raise("confirm_tag");
        await reader.UntilState("PreDeployed");
        await reader.Page.Locator("[data-event=start_prod_deploy]").ClickAsync();
        await Expect(reader.Page.Locator(".mud-dialog tbody tr")).ToHaveCountAsync(5);
        await reader.Picture("batch-start-production");
        await reader.Confirm("start_prod_deploy");
        await reader.UntilState("ProdDeployed");
        await ThereAndBack(reader);
        await reader.Raise("final_accept");
        await reader.UntilState("FinalAccepted");

        await Expect(reader.Page.Locator("[data-step=FinalAccepted][aria-current=step]")).ToBeVisibleAsync();
        await Expect(reader.Page.Locator("tbody [data-outcome=succeeded]").First).ToBeVisibleAsync();
        await Shows(reader, "timeline", ".timeline li");
        await Shows(reader, "history", "tbody [data-outcome=accepted]");
        await Shows(reader, "changes", "tbody tr");
        await Shows(reader, "rollback", "tbody [data-action=stay]");
        await Shows(reader, "notices", "tbody .mark");
        await IsFollowedByOneLikeIt(reader);
        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Goes_on_after_a_failure_that_the_page_explains()
    {
        await using var host = await HostProcess.StartNewAsync("fails", HostSettings.Embedded().With("core__storage__sample_catalogue", "true"));
        await using var reader = await browsers.Open(host.BaseUrl);
        (await CdApi.Patient(host.Http).SetTarget("web-shop", "pre", "staging", new
        {
            type = "rolling",
            simulate = new { duration = "1s", outcome = "fail", attempts = 1, reason = "image pull backoff" }
        })).Expect();

        await reader.CreateBatch("Second release", "web-shop");
        await reader.Raise("approve");
        await reader.UntilState("Approved");
        await reader.Raise("confirm_tag");
        await Expect(reader.Page.Locator(".trouble pre")).ToContainTextAsync("image pull backoff");
        await Expect(reader.Page.Locator("#app-web-shop [data-outcome=failed]").First).ToBeVisibleAsync();
        (await reader.Page.TitleAsync()).ShouldStartWith("✕ ");
        await reader.Picture("batch-failed");
        await reader.Raise("start_pre_deploy");
        await reader.UntilState("PreDeployed");

        reader.Complaints.ShouldBeEmpty();
    }

    /// <summary>Production goes back to what ran before, typed and with a reason, and forth again.</summary>
    private static async Task ThereAndBack(Reader reader)
    {
        var number = (await reader.Page.Locator("h1").First.InnerTextAsync()).Split(' ')[0];
        await reader.Raise("start_prod_rollback");
        await Expect(reader.Page.Locator(".mud-dialog tbody tr[data-action=stay]")).ToHaveCountAsync(5);
        await reader.Page.Locator(".mud-dialog textarea[name=reason]").FillAsync("orders fail");
        await Expect(reader.Page.Locator("[data-confirm=start_prod_rollback]")).ToBeDisabledAsync();
        await reader.Page.Locator(".mud-dialog input[name=number]").FillAsync(number);
        await reader.Picture("batch-roll-back");
        await reader.Confirm("start_prod_rollback");
        await reader.UntilState("PreDeployed");
        await Expect(reader.Page.Locator("[data-step=ProdRollingBack].done")).ToBeVisibleAsync();
        await reader.Raise("start_prod_deploy");
        await reader.Confirm("start_prod_deploy");
        await reader.UntilState("ProdDeployed");
    }

    /// <summary>The next batch is much like the last, and the board shows it where it stands.</summary>
    private static async Task IsFollowedByOneLikeIt(Reader reader)
    {
        await reader.Page.Locator("a[href^='/batches/new?like=']").ClickAsync();
        await Expect(reader.Page.Locator("[data-chosen]")).ToHaveCountAsync(5);
        await Expect(reader.Page.Locator("[data-chosen] b[data-build]")).ToHaveCountAsync(5);
        await reader.Page.Locator("input[name=title]").FillAsync("Second release");
        await reader.Page.Locator("[data-chosen=web-shop] input[name=branch]").FillAsync("no-such-branch");
        await reader.Page.Locator("input[name=title]").FocusAsync();
        await Expect(reader.Page.Locator("[data-chosen=web-shop] [data-build=none]")).ToBeVisibleAsync();
        await reader.Page.Locator("[data-chosen=web-shop] button").ClickAsync();
        await reader.Page.Locator("button[type=submit]").ClickAsync();
        await reader.UntilState("PendingApproval");
        await reader.Go("/batches");
        await reader.Page.Locator("[data-view=board]").ClickAsync();
        await Expect(reader.Page.Locator("[data-column=PendingApproval] li")).ToContainTextAsync("Second release");
        await reader.Picture("batches-board");
    }

    private static async Task Shows(Reader reader, string tab, string proof)
    {
        await reader.Page.Locator($".tabs a[href$='tab={tab}']").ClickAsync();
        await Expect(reader.Page.Locator(proof).First).ToBeVisibleAsync();
        await reader.Picture($"batch-{tab}");
    }
}
