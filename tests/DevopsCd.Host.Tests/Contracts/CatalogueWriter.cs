using System.Text;
using DevopsCd.Contracts;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Notifications.Channels;

namespace DevopsCd.Host.Tests.Contracts;

/// <summary>Writes the tables of contracts/README.md between the marks; the rest of the page is written by people.</summary>
internal static class CatalogueWriter
{
    private const string Start = "<!-- catalogue: generated -->";

    private const string End = "<!-- /catalogue -->";

    public static string Write(string page)
    {
        var start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        return $"{page[..start]}\n{Tables()}{page[end..]}";
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        Table(text, "Orders (you → DevopsCd)", MessageFlow.Command);
        Table(text, "Facts you report (you → DevopsCd)", MessageFlow.FactIn);
        Table(text, "Facts DevopsCd tells (DevopsCd → whoever listens)", MessageFlow.FactOut);
        text.Append($"| `CdEvent` | A CDEvent 0.5.1; the routing key is its type. | DevopsCd | anybody | `{CdEventsChannel.Exchange}` (topic) | [schema](schemas/CdEvent.json) | [sample](examples/CdEvent.json) |\n");
        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, MessageFlow flow)
    {
        text.Append($"\n### {title}\n\n| message | meaning | producer | consumer | exchange | schema | sample |\n|---|---|---|---|---|---|---|\n");
        foreach (var contract in ContractCatalogue.All.Where(c => c.Flow == flow))
            text.Append($"| `{contract.Name}` | {Documentation.Of(contract.Type)} | {Producer(contract)} | {Consumer(contract)} | `{contract.Exchange}` | ")
                .Append($"[schema](schemas/{contract.Name}.json) | [sample](examples/{contract.Name}.json) |\n");
    }

    private static string Producer(ContractType contract) => contract switch
    {
        { Name: nameof(BuildCompleted) } => "CI",
        { Name: nameof(DeployApplication) } => "DevopsCd",
        { Flow: MessageFlow.FactIn } => "deploy system",
        { Flow: MessageFlow.FactOut } => "DevopsCd",
        _ => "people's tools",
    };

    private static string Consumer(ContractType contract) => contract.IsInbound ? "DevopsCd" : "anybody";
}
