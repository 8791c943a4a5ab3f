using System.CommandLine;
using System.Text.Json;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>parked</c>: messages that were put aside.</summary>
internal static class ParkedCommands
{
    private static readonly Argument<long> s_id = new("ID") { Description = "The number of the parked message" };

    public static Command All(CommandSet set) => new CliCommand("parked", "Messages that could not be understood")
        .Has(List(set), Show(set), Replay(set), Discard(set));

    private static CliCommand List(CommandSet set)
    {
        var (lists, status) = (new Lists(), Options.Text("--status", "STATUS", "parked, replayed or discarded"));
        return set.Runs(new CliCommand("list", "List parked messages", "devopscd parked list --status parked").Takes([status, .. lists.Shared]),
            async (session, parsed, cancellationToken) =>
        {
            var (reply, items) = await lists.ReadAsync<ParkedView>(session, parsed, "parked", cancellationToken, ("status", parsed.GetValue(status)));
            await session.Printer.ListAsync(reply, items, p => $"{p.Id}",
                new("ID", p => $"{p.Id}"), new("STATUS", p => p.Status), new("MESSAGE", p => p.MessageType),
                    new("AGE", p => Ages.Of(p.ReceivedAt, session.Clock)), new("REASON", p => p.Reason),
                new("QUEUE", p => p.Queue, IsWide: true), new("SIZE", p => $"{p.BodySize}", IsWide: true), new("BY", p => p.ResolvedBy, IsWide: true));
        });
    }

    private static CliCommand Show(CommandSet set) =>
        set.Runs(new CliCommand("show", "Show a parked message with its body", "devopscd parked show 7").Takes(s_id),
        async (session, parsed, cancellationToken) =>
    {
        var reply = await session.Api.GetAsync($"parked/{parsed.GetValue(s_id)}", cancellationToken);
        var message = reply.As<ParkedView>();
        await session.Printer.FactsAsync(reply, $"{message.Id}",
            ("Id", $"{message.Id}"), ("Status", message.Status), ("Message", message.MessageType), ("Queue", message.Queue),
                ("Received", Ages.Exact(message.ReceivedAt)), ("Reason", message.Reason),
            ("Decided by", message.ResolvedBy), ("Decision", message.Resolution), ("Body", message.Body ?? message.BodyBase64));
    });

    private static CliCommand Replay(CommandSet set)
    {
        var type = Options.Text("--message-type", "NAME", "The type of the message, where it does not say");
        var file = Options.Text("--file", "FILE", "Send this corrected message instead; - for standard input", "-f");
        return set.Runs(new CliCommand("replay", "Send a parked message again", "devopscd parked replay 7", "devopscd parked replay 7 -f corrected.json")
            .Takes(s_id, type, file), async (session, parsed, cancellationToken) =>
        {
            var body = parsed.GetValue(file) is { } path ? JsonOf(await ApiCommand.ReadAsync(session, path, cancellationToken)) : (JsonElement?)null;
            await DecideAsync(session, parsed, "replay", new ReplayBody { Body = body, MessageType = parsed.GetValue(type) }, cancellationToken);
        });
    }

    private static CliCommand Discard(CommandSet set)
    {
        var reason = Options.Text("--reason", "TEXT", "Why it is not needed");
        return set.Runs(new CliCommand("discard", "Discard a parked message for good", "devopscd parked discard 7 --reason 'sent twice'")
            .Takes(s_id, reason), async (session, parsed, cancellationToken) =>
            await DecideAsync(session, parsed, "discard",
                new DiscardBody { Reason = await session.ReasonAsync(parsed.GetValue(reason), $"discard it", cancellationToken) }, cancellationToken));
    }

    private static async Task DecideAsync(Session session, ParseResult parsed, string what, object body, CancellationToken cancellationToken)
    {
        var reply = await session.Api.ChangeAsync(HttpMethod.Post, $"parked/{parsed.GetValue(s_id)}/{what}", body, cancellationToken);
        var message = reply.As<ParkedView>();
        await session.Printer.FactsAsync(reply, $"{message.Id}", ("Id", $"{message.Id}"), ("Status", message.Status), ("Decision", message.Resolution));
    }

    private static JsonElement JsonOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException wrong)
        {
            throw CliException.Usage($"the message is no JSON: {wrong.Message}");
        }
    }
}
