using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace DevopsCd.Ui.Tests;

/// <summary>Somebody with a browser. What the browser complains about is kept.</summary>
public sealed class Reader : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = [];

    public Reader(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Enqueue($"a script asks: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, broken scripts, and what scripts asked.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Opens an address and waits until the page is live.</summary>
    public async Task Go(string path)
    {
        await Page.GotoAsync(path);
        await UntilLive();
    }

    public Task UntilLive() => Expect(Page.Locator("[data-live=Live]")).ToBeVisibleAsync();

    /// <summary>Waits for the state of the batch on the page.</summary>
    public Task UntilState(string state) => Expect(Page.Locator($".head [data-state={state}]")).ToBeVisibleAsync();

    /// <summary>Clicks what raises an event.</summary>
    public Task Raise(string batchEvent) => Page.Locator($"[data-event={batchEvent}]").ClickAsync();

    /// <summary>Clicks what raises it in the dialog that asks again.</summary>
    public Task Confirm(string batchEvent) => Page.Locator($"[data-confirm={batchEvent}]").ClickAsync();

    /// <summary>Creates a batch by clicks, and stays on its page.</summary>
    public async Task CreateBatch(string title, params string[] applications)
    {
        await Page.GotoAsync("/batches/new");
        foreach (var application in applications)
            await Tick(application);
        await Page.Locator("input[name=title]").FillAsync(title);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await UntilState("PendingApproval");
    }

    /// <summary>Chooses an application for a new batch.</summary>
    public Task Tick(string application) => Page.Locator($"input[name=application][value={application}]").SetCheckedAsync(true);

    public Task Picture(string name) => Page.ScreenshotAsync(new() { Path = Browsers.PictureOf(name), FullPage = true });

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
