using System.Text.Json.Nodes;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;
using NJsonSchema;

namespace DevopsCd.Host.Tests.Contracts;

/// <summary>
/// What leaves for <c>devopscd.cdevents</c> and the webhooks, held against <c>schemas/CdEvent.json</c>. <see cref="The_schema_of_CD_events" />
/// holds that schema against the specification.
/// </summary>
public sealed class The_cd_events
{
    private const string Digest = "sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

    private static readonly string[] s_types =
    [
        "dev.cdevents.artifact.published.0.3.0", "dev.cdevents.service.deployed.0.3.0", "dev.cdevents.service.upgraded.0.3.0",
            "dev.cdevents.service.rolledback.0.3.0",
        "dev.cdevents.environment.modified.0.3.0"
    ];

    [Theory]
    [InlineData(null)]
    [InlineData("https://cd.example.com")]
    public async Task Fit_their_schema_each_and_all(string? publicUrl)
    {
        var schema = await Schema();

        var events = Events(publicUrl);

        events.Select(e => (string?)e["type"]).Distinct().ShouldBe(s_types, ignoreOrder: true);
        foreach (var cloudEvent in events)
        {
            schema.Validate(cloudEvent.ToJsonString()).ShouldBeEmpty(cloudEvent.ToJsonString());
            // The binding copies these from the event it wraps.
            foreach (var (attribute, origin) in new[] { ("id", "id"), ("source", "source"), ("type", "type"), ("time", "timestamp") })
                ((string?)cloudEvent[attribute]).ShouldBe((string?)cloudEvent["data"]!["context"]![origin]);
            ((string?)cloudEvent["subject"]).ShouldBe((string?)cloudEvent["data"]!["subject"]!["id"]);
        }
    }

    [Fact]
    public async Task Would_not_fit_with_anything_added_missing_or_empty()
    {
        var schema = await Schema();
        (string What, Action<JsonNode> Break)[] ways =
        [
            ("an attribute of the context that nobody knows", data => data["context"]!["extra"] = 1),
            ("a content that nobody knows", data => data["subject"]!["content"]!["extra"] = 1),
            ("no chain", data => data["context"]!.AsObject().Remove("chainId")),
            ("an empty subject", data => data["subject"]!["id"] = ""),
            ("another version", data => data["context"]!["specversion"] = "0.4.1"),
            ("a type of tomorrow", data => data["context"]!["type"] = "dev.cdevents.service.deployed.9.0.0"),
        ];

        foreach (var cloudEvent in Events(null))
            foreach (var (what, breaks) in ways)
            {
                var broken = cloudEvent.DeepClone();
                breaks(broken["data"]!);
                schema.Validate(broken.ToJsonString()).ShouldNotBeEmpty($"{what}: {broken.ToJsonString()}");
            }
    }

    [Fact]
    public async Task Have_an_example() => (await Schema()).Validate(ContractFiles.Read("examples/CdEvent.json")).ShouldBeEmpty();

    private static Task<JsonSchema> Schema() => JsonSchema.FromJsonAsync(ContractFiles.Read("schemas/CdEvent.json"), TestContext.Current.CancellationToken);

    private static List<JsonNode> Events(string? publicUrl)
    {
        var options = new NotificationOptions { PublicUrl = publicUrl };
        var (mapping, composer) = (new CdEventMapping(options), new NoticeComposer(options));
        return [.. new[] { Sealed(), Completed() }
            .SelectMany(notice => new CloudEvents(options, mapping).CdEvents(composer.Compose(notice, [])))
            .Select(e => JsonNode.Parse(NoticeJson.Bytes(e))!)];
    }

    private static Notice Sealed() =>
        Notice.Transition(Batch(BatchStatus.Sealed), "confirm_tag", "封板确认", BatchStatus.Approved, "ann", DateTimeOffset.UnixEpoch, null, 2) with
        {
            Applications = [Application("order", Digest), Application("stock", null)]
        };

    private static Notice Completed() =>
        Notice.Transition(Batch(BatchStatus.ProdDeployed), "prod_deploy_completed", "生产部署完成", BatchStatus.ProdDeploying, "engine", DateTimeOffset.UnixEpoch,
            Stage.Prod, 3) with
        {
            Applications = [Application("order", Digest) with { Replaced = true }, Application("stock", null),
                Application("pay", Digest) with { Replaced = true, RolledBack = true }]
        };

    private static Batch Batch(string status)
    {
        var batch = new Batch
        {
            Id = 7,
            CorrelationId = new Guid(7, 0, 0, new byte[8]),
            BatchNumber = "B20261124-007",
            Title = "Autumn",
            Status = status,
            Version = 8
        };
        batch.Begin(Stage.Prod, DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1));
        return batch;
    }

    private static ApplicationOutcome Application(string name, string? digest) => new(name, ReleaseStatus.Succeeded)
    {
        Cluster = "east",
        ImageName = $"registry.example/shop/{name}",
        ImageTag = "17",
        ImageDigest = digest
    };
}
