using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Host.Ui.Viewing;
using DevopsCd.Shared;

namespace DevopsCd.Host.Ui.Notices;

/// <summary>What the page of notifications reads and does.</summary>
internal sealed class NoticePages(PageWork pages)
{
    private const int PageLength = 50;

    /// <summary>Notifications of batches that whoever looks may view, newest first.</summary>
    /// <param name="status">As the API names it; null for all.</param>
    /// <param name="before">The id of the last one of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<NoticeList> ListAsync(string? status, long? before, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var (door, desk) = (services.GetRequiredService<AccessDoor>(), services.GetRequiredService<NotificationAdministration>());
        var rows = await desk.ListAsync(await door.WhereAsync(subject, Permissions.View, cancellationToken), null,
            EnumNames<NotificationStatus>.TryValue(status ?? "", out var wanted) ? wanted : null, before, PageLength + 1, cancellationToken);
        return new NoticeList([.. rows.Take(PageLength)], rows.Count > PageLength ? rows[PageLength - 1].Id : null,
            await door.IsAllowedEverywhereAsync(subject, Permissions.NotificationManage, cancellationToken) ? [.. desk.Channels] : [],
            await door.WhereAsync(subject, Permissions.NotificationManage, cancellationToken) is { All: true } or { Projects.Count: > 0 });
    }, cancellationToken);

    /// <summary>Makes a notification due again, with all its tries.</summary>
    /// <exception cref="BatchRefusedException">It cannot be sent again, or whoever asks may not.</exception>
    public Task ResendAsync(NotificationView notice, CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var concerned = notice.BatchId is { } batch ? await services.GetRequiredService<ProjectsOf>().BatchAsync(batch, cancellationToken) : null;
        if (await services.GetRequiredService<AccessDoor>().LookAsync(
            subject, Permissions.NotificationManage, concerned ?? [Projects.All], null, cancellationToken) is { } refused)
            throw refused;
        return await services.GetRequiredService<NotificationAdministration>().ResendAsync(notice.Id, Precondition.None, cancellationToken) is { Done: true }
            ? true
            : throw new BatchRefusedException(RefusalKind.Illegal, $"notification {notice.Id} of the channel '{notice.Channel}' cannot be sent again now");
    }, cancellationToken);

    /// <summary>Sends a test notice to one channel, and tells what its service answered.</summary>
    /// <exception cref="BatchRefusedException">There is no such channel, or whoever asks may not.</exception>
    public Task<ChannelTest> TestAsync(string channel, CancellationToken cancellationToken) =>
        pages.DoAsync(new PageNeed("/notifications", Permissions.NotificationManage), async (services, subject) =>
            await services.GetRequiredService<NotificationAdministration>().TestAsync(channel, subject.Operator, cancellationToken) switch
            {
                null => throw BatchRefusedException.Content("channel", $"there is no channel '{channel}'"),
                { Row: null, Wait: var wait } => new ChannelTest(channel, false, null, wait),
                { Row: { } row } => new ChannelTest(channel, row.Status == "sent", row.LastError ?? row.Response, TimeSpan.Zero)
            }, cancellationToken);
}

/// <summary>One page of notifications.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">The id after which the next page begins; null on the last.</param>
/// <param name="Channels">The channels that whoever looks may test.</param>
/// <param name="MayResend">They may send some of them again.</param>
public sealed record NoticeList(IReadOnlyList<NotificationView> Items, long? Next, IReadOnlyList<string> Channels, bool MayResend);

/// <summary>What came of a test notice.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="IsOk">Its service has taken it.</param>
/// <param name="Answer">What the service said.</param>
/// <param name="Wait">How long the channel must rest first; zero when it was tried.</param>
public sealed record ChannelTest(string Channel, bool IsOk, string? Answer, TimeSpan Wait);
