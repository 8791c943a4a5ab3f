using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Parking;
using DevopsCd.Host.Api;
using DevopsCd.Host.Ui.Viewing;
using DevopsCd.Shared;

namespace DevopsCd.Host.Ui.Messages;

/// <summary>What the pages of parked messages read and do: the API's own queries and decisions.</summary>
internal sealed class MessagePages(PageWork pages)
{
    private const int PageLength = 50, MostOutgoing = 200;

    private static readonly PageNeed s_need = new("/parked", Permissions.ParkedManage);

    /// <summary>Messages that could not be understood, newest first, and our own that the broker refused.</summary>
    /// <param name="status">As the API names it; null for all.</param>
    /// <param name="before">The id of the last message of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ParkedList> ListAsync(string? status, long? before, CancellationToken cancellationToken) => pages.DoAsync(s_need, async (services, _) =>
    {
        var rows = await services.GetRequiredService<ParkedQueries>().ListAsync(
            EnumNames<ParkedStatus>.TryValue(status ?? "", out var wanted) ? wanted : null, before, PageLength + 1, cancellationToken);
        var outgoing = before is null ? await services.GetRequiredService<OutgoingMessages>().ListAsync(0, MostOutgoing, cancellationToken) : [];
        return new ParkedList([.. rows.Take(PageLength).Select(row => ParkedEndpoints.View(row, whole: false))],
            [.. outgoing.Select(message => OutgoingEndpoints.View(message, whole: false))], rows.Count > PageLength ? rows[PageLength - 1].Id : null);
    }, cancellationToken);

    /// <summary>Null when there is no such message.</summary>
    public Task<ParkedView?> FindAsync(long id, CancellationToken cancellationToken) => pages.DoAsync(s_need, (services, _) =>
        ParkedEndpoints.WholeAsync(id, services.GetRequiredService<ParkedQueries>(), cancellationToken), cancellationToken);

    /// <summary>Sends a message again.</summary>
    /// <param name="seen">The message as it was when the person decided.</param>
    /// <param name="correction">A JSON body to send instead; null sends what was parked.</param>
    /// <param name="messageType">Its type, where the message does not say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">It is still wrong, or somebody has decided otherwise.</exception>
    public Task ReplayAsync(ParkedView seen, string? correction, string? messageType, CancellationToken cancellationToken) =>
        DecideAsync(seen, async (services, subject) =>
        {
            try
            {
                return await services.GetRequiredService<ParkedDecisions>().ReplayAsync(seen.Id, correction is null ? null : Json(correction),
                    string.IsNullOrWhiteSpace(messageType) ? null : messageType.Trim(), subject, cancellationToken);
            }
            catch (MessageRefusedException refused)
            {
                throw BatchRefusedException.Content("body", Sentence.Quote(refused.Message));
            }
        }, cancellationToken);

    /// <summary>Lays a message aside for good.</summary>
    /// <exception cref="BatchRefusedException">No reason was given, or somebody has decided otherwise.</exception>
    public Task DiscardAsync(ParkedView seen, string reason, CancellationToken cancellationToken) => string.IsNullOrWhiteSpace(reason)
        ? throw NoReason()
        : DecideAsync(seen, (services, subject) =>
            services.GetRequiredService<ParkedDecisions>().DiscardAsync(seen.Id, reason.Trim(), subject.Operator, cancellationToken), cancellationToken);

    /// <summary>Sends one of our own messages again, or lays it aside.</summary>
    /// <param name="message">The message as it was shown.</param>
    /// <param name="discardFor">Why it is laid aside; null sends it again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">No reason was given, or somebody has decided otherwise.</exception>
    public Task SettleAsync(OutgoingView message, string? discardFor, CancellationToken cancellationToken) => pages.DoAsync(s_need, async (services, subject) =>
    {
        var messages = services.GetRequiredService<OutgoingMessages>();
        if (discardFor is not null && string.IsNullOrWhiteSpace(discardFor))
            throw NoReason();
        var isDone = discardFor is null
            ? await messages.SendAgainAsync(message.OutboxId, message.Position, subject.Operator, _ => { }, cancellationToken)
            : await messages.DiscardAsync(message.OutboxId, message.Position, discardFor.Trim(), subject.Operator, _ => { }, cancellationToken);
        return isDone ? true : throw new BatchRefusedException(RefusalKind.Stale, "somebody has already decided about this message");
    }, cancellationToken);

    private Task<ParkedDecision> DecideAsync(
        ParkedView seen, Func<IServiceProvider, Subject, Task<ParkedDecision>> decide, CancellationToken cancellationToken) =>
        pages.DoAsync(s_need, async (services, subject) =>
        {
            var decision = await decide(services, subject);
            return decision is ParkedDecision.DecidedOtherwise or ParkedDecision.NotFound
                ? throw new BatchRefusedException(RefusalKind.Stale, $"somebody has already decided about message {seen.Id}")
                : decision;
        }, cancellationToken);

    private static BatchRefusedException NoReason() => BatchRefusedException.Content("reason", "is required: say why in a few words");

    private static JsonElement Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException wrong)
        {
            throw BatchRefusedException.Content("body", $"is not JSON: {wrong.Message}");
        }
    }
}

/// <summary>One page of parked messages.</summary>
/// <param name="Parked">What could not be understood, newest first.</param>
/// <param name="Outgoing">Our own messages that the broker refused.</param>
/// <param name="Next">The id after which the next page begins; null on the last.</param>
public sealed record ParkedList(IReadOnlyList<ParkedView> Parked, IReadOnlyList<OutgoingView> Outgoing, long? Next);
