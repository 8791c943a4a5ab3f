using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>infra/rabbitmq/definitions.json is what the host itself declares, plus the users: imported first, nothing is ever dropped.</summary>
public sealed class The_committed_definitions
{
    private const string Vhost = "devopscd";

    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string CommittedFile { get; } = Path.Combine(Readme.Contracts, "../infra/rabbitmq/definitions.json");

    [Fact]
    public async Task Are_what_the_host_declares()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await using var host = await HostProcess.StartNewAsync("definitions", HostSettings.On(database, broker));

        var declared = Written(await Declared(broker));

        if (Environment.GetEnvironmentVariable("DEVOPSCD_UPDATE_CONTRACTS") == "1")
            await File.WriteAllTextAsync(CommittedFile, declared);
        (await File.ReadAllTextAsync(CommittedFile)).ShouldBe(
            declared, "infra/rabbitmq/definitions.json differs from the topology; write it anew with DEVOPSCD_UPDATE_CONTRACTS=1");
    }

    [Fact]
    public async Task Let_the_host_start_and_keep_what_was_published_before()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await Import(broker);
        const int Orders = 100;
        for (var i = 0; i < Orders; i++)
            await broker.PublishAsync("DevopsCd.Contracts:BuildCompleted", JsonSerializer.SerializeToUtf8Bytes(CdApi.Build($"app-{i}", 1)), mandatory: true);

        await using var host = await HostProcess.StartNewAsync("imported", HostSettings.On(database, broker));

        await Eventually.Sees(() => database.ScalarAsync<long>("select count(*) from builds"), count => count == Orders,
            "all that came before the start is applied");
        (await database.ScalarAsync<long>("select count(*) from parked_messages")).ShouldBe(0);
    }

    private static string Written(JsonObject declared)
    {
        JsonArray Named(string kind, Func<JsonNode, bool> wanted) => new(
            [.. declared[kind]!.AsArray().Select(n => n!.DeepClone()).Where(wanted)
                .OrderBy(n => $"{n["name"]}{n["source"]}{n["destination"]}", StringComparer.Ordinal).Select(OfVhost)]);
        bool IsLasting(JsonNode node) => !$"{node["name"]}{node["destination"]}{node["source"]}".Contains("_bus_", StringComparison.Ordinal);

        return JsonSerializer.Serialize(
            new JsonObject
            {
                ["vhosts"] = new JsonArray(new JsonObject { ["name"] = Vhost }),
                ["users"] = new JsonArray([.. new[] { "devopscd", "devopscd-ci", "devopscd-deploy", "devopscd-operator" }.Select(User)]),
                ["permissions"] = new JsonArray(
                    Rights("devopscd", ".*", ".*", ".*"),
                    Rights("devopscd-ci", "^$", Exchanges("BuildCompleted"), "^$"),
                    Rights("devopscd-deploy", "^$", Exchanges("DeploymentReported", "GateAnswered"), "^$"),
                    Rights("devopscd-operator", "^$",
                        Exchanges([.. ContractCatalogue.All.Where(c => c.NeedsPerson).Select(c => c.Name), "GateAnswered"]), "^$")),
                ["exchanges"] = Named("exchanges", IsLasting),
                ["queues"] = Named("queues", IsLasting),
                ["bindings"] = Named("bindings", IsLasting),
            },
            s_format) + "\n";
    }

    // No password and no hash of one: the user cannot log in until somebody sets it.
    private static JsonNode User(string name) => new JsonObject
    {
        ["name"] = name,
        ["password_hash"] = "",
        ["hashing_algorithm"] = "rabbit_password_hashing_sha256",
        ["tags"] = new JsonArray(),
    };

    private static JsonObject Rights(string user, string configure, string write, string read) => new JsonObject
    {
        ["user"] = user,
        ["vhost"] = Vhost,
        ["configure"] = configure,
        ["write"] = write,
        ["read"] = read,
    };

    private static string Exchanges(params string[] names) =>
        names.Length == 1 ? $@"^DevopsCd\.Contracts:{names[0]}$" : $@"^DevopsCd\.Contracts:({string.Join('|', names)})$";

    private static JsonNode OfVhost(JsonNode node)
    {
        node["vhost"] = Vhost;
        return node;
    }

    private static async Task<JsonObject> Declared(RabbitVirtualHost broker)
    {
        using var api = Api();
        return (await api.GetFromJsonAsync<JsonObject>($"api/definitions/{broker.Name}"))!;
    }

    private static async Task Import(RabbitVirtualHost broker)
    {
        var definitions = JsonNode.Parse(await File.ReadAllTextAsync(CommittedFile))!.AsObject();
        foreach (var others in (string[])["vhosts", "users", "permissions"])
            definitions.Remove(others);
        using var api = Api();
        using var response = await api.PostAsJsonAsync($"api/definitions/{broker.Name}", definitions);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    private static HttpClient Api()
    {
        var api = new HttpClient { BaseAddress = TestServers.RabbitMqApi };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(TestServers.RabbitMq.UserInfo))));
        return api;
    }
}
