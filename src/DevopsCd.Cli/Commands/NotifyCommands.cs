using System.CommandLine;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>notify</c>: the notices and their channels.</summary>
internal static class NotifyCommands
{
    public static Command All(CommandSet set)
    {
        var (lists, batch, status) = (new Lists(), new Option<long?>("--batch") { Description = "About this batch, by its id", HelpName = "ID" },
            Options.Text("--status", "STATUS", "pending, sending, sent, failed or superseded"));
        var channel = new Argument<string>("CHANNEL") { Description = "The channel's name in the configuration" };
        var id = new Argument<long>("ID") { Description = "The number of the notice" };
        return new CliCommand("notify", "Notices and their channels").Has(
            set.Runs(new CliCommand("list", "List notices, newest first", "devopscd notify list --status failed").Takes([batch, status, .. lists.Shared]),
                async (session, parsed, cancellationToken) =>
            {
                var (reply, items) = await lists.ReadAsync<NotificationView>(session, parsed, "notifications", cancellationToken,
                    ("batch", parsed.GetValue(batch)?.ToString()), ("status", parsed.GetValue(status)));
                await session.Printer.ListAsync(reply, items, n => $"{n.Id}",
                    new("ID", n => $"{n.Id}"), new("CHANNEL", n => n.Channel), new("KIND", n => n.Kind), new("BATCH", n => n.BatchNumber),
                        new("EVENT", n => n.Event), new("STATUS", n => n.Status),
                    new("TRIES", n => $"{n.Tries}"), new("AGE", n => Ages.Of(n.CreatedAt, session.Clock)), new("ERROR", n => n.LastError, IsWide: true));
            }),
            set.Runs(new CliCommand("test", "Send a test notice to a channel", "devopscd notify test lark").Takes(channel),
                async (session, parsed, cancellationToken) =>
                await PrintAsync(session, await session.Api.ChangeAsync(HttpMethod.Post, "notifications/test",
                    new TestNotification { Channel = parsed.GetValue(channel)! }, cancellationToken))),
            set.Runs(new CliCommand("resend", "Send a notice again", "devopscd notify resend 12").Takes(id), async (session, parsed, cancellationToken) =>
                await PrintAsync(session, await session.Api.ChangeAsync(HttpMethod.Post, $"notifications/{parsed.GetValue(id)}/resend", null,
                    cancellationToken))));
    }

    private static Task PrintAsync(Session session, Reply reply)
    {
        var notice = reply.As<NotificationView>();
        return session.Printer.FactsAsync(reply, $"{notice.Id}", ("Id", $"{notice.Id}"), ("Channel", notice.Channel), ("Status", notice.Status),
            ("Error", notice.LastError), ("Answer", notice.Response));
    }
}
