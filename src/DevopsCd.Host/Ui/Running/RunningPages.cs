using DevopsCd.Core.Access;
using DevopsCd.Core.Deployments;
using DevopsCd.Host.Ui.Viewing;

namespace DevopsCd.Host.Ui.Running;

/// <summary>What the page of what runs where reads.</summary>
internal sealed class RunningPages(PageWork pages)
{
    /// <summary>What runs where, of the applications that whoever looks may view.</summary>
    public Task<RunningTable> ShowAsync(string? search, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var visible = await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken);
        return RunningTable.Of(await services.GetRequiredService<LiveVersions>()
            .ListAsync(visible, new LiveVersionFilter(Search: search), cancellationToken));
    }, cancellationToken);
}
