using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Host.Ui.Viewing;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Ui.Intake;

/// <summary>What the pages of received webhooks read, and what the rules say of them now.</summary>
internal sealed class IntakePages(PageWork pages)
{
    private const int PageLength = 50;

    private static readonly PageNeed s_need = new("/webhooks", Permissions.View);

    /// <summary>Received webhooks, newest first.</summary>
    /// <param name="status">As the API names it; null for all.</param>
    /// <param name="before">The id of the last one of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<WebhookList> ListAsync(string? status, long? before, CancellationToken cancellationToken) => pages.DoAsync(s_need, async (services, _) =>
    {
        var rows = await services.GetRequiredService<DeliveryQueries>().ListAsync(
            EnumNames<DeliveryStatus>.TryValue(status ?? "", out var wanted) ? wanted : null, before, PageLength + 1, cancellationToken);
        return new WebhookList([.. rows.Take(PageLength)], rows.Count > PageLength ? rows[PageLength - 1].Id : null);
    }, cancellationToken);

    /// <summary>A webhook with what each rule says of it now; null when there is none.</summary>
    public Task<WebhookDetails?> FindAsync(long id, CancellationToken cancellationToken) =>
        pages.DoAsync<WebhookDetails?>(s_need, async (services, _) =>
        {
            if (await services.GetRequiredService<DeliveryQueries>().FindAsync(id, cancellationToken) is not { } delivery)
                return null;
            var request = new WebhookRequest(
                JsonSerializer.Deserialize<Dictionary<string, string>>(delivery.Headers)!, delivery.Body, delivery.ReceivedAt);
            var (tried, unreadable) = await TryAsync(
                () => services.GetRequiredService<WebhookTrial>().TryAsync(delivery.Source, request, cancellationToken));
            return new WebhookDetails(new WebhookView
            {
                Id = delivery.Id,
                Source = delivery.Source,
                DeliveryId = delivery.DeliveryId,
                ReceivedAt = delivery.ReceivedAt,
                Status = EnumNames<DeliveryStatus>.Of(delivery.Status),
                Outcome = delivery.Outcome,
                ProcessedAt = delivery.ProcessedAt
            }, delivery.Headers, Shown(delivery.Body), tried, unreadable);
        }, cancellationToken);

    /// <summary>What each rule says of a build that belongs to no application; null when there is no such build.</summary>
    public Task<UnmatchedBuild?> ExplainAsync(long build, CancellationToken cancellationToken) =>
        pages.DoAsync<UnmatchedBuild?>(async (services, subject) =>
        {
            if (await services.GetRequiredService<ProjectsOf>().BuildAsync(build, cancellationToken) is not { } project
                || !(await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken)).Contains(project))
                return null;
            var found = await services.GetRequiredService<CdDbContext>().Builds.AsNoTracking().Include(b => b.Application)
                .SingleAsync(b => b.Id == build, cancellationToken);
            var (tried, unreadable) = await TryAsync(() => services.GetRequiredService<WebhookTrial>().TryAsync(found, cancellationToken));
            return new UnmatchedBuild(found.Id, found.ApplicationName, found.BuildNumber, found.Application is { RemovedAt: null }, tried, unreadable);
        }, cancellationToken);

    private static string Shown(byte[] body) => Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body);

    private static async Task<(WebhookTried? Tried, string? Unreadable)> TryAsync(Func<Task<WebhookTried>> trial)
    {
        try
        {
            return (await trial(), null);
        }
        catch (Exception refused) when (refused is BatchRefusedException or FormatException)
        {
            return (null, refused.Message);
        }
    }
}

/// <summary>One page of received webhooks.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">The id after which the next page begins; null on the last.</param>
public sealed record WebhookList(IReadOnlyList<WebhookView> Items, long? Next);

/// <summary>A received webhook, and what it would lead to now.</summary>
/// <param name="View">The webhook.</param>
/// <param name="Headers">Its headers as JSON, without those that hold secrets.</param>
/// <param name="Body">Its body, in Base64 where it is no text.</param>
/// <param name="Tried">What it would lead to; null when it cannot be read.</param>
/// <param name="Unreadable">Why it cannot be read.</param>
public sealed record WebhookDetails(WebhookView View, string Headers, string Body, WebhookTried? Tried, string? Unreadable);

/// <summary>A build that was reported for no registered application, and what the rules say of it now.</summary>
/// <param name="Id">The build.</param>
/// <param name="Application">The name it was reported under.</param>
/// <param name="BuildNumber">Its number.</param>
/// <param name="IsMatched">It has found its application meanwhile.</param>
/// <param name="Tried">What the rules say; null when they cannot be asked.</param>
/// <param name="Unreadable">Why they cannot be asked.</param>
public sealed record UnmatchedBuild(long Id, string Application, string BuildNumber, bool IsMatched, WebhookTried? Tried, string? Unreadable);
