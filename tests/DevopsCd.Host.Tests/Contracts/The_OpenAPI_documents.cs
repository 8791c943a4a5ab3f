using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevopsCd.Testing;
using DevopsCd.Testing.Contracts;

namespace DevopsCd.Host.Tests.Contracts;

/// <summary>Both documents, as they are committed.</summary>
public sealed partial class The_OpenAPI_documents
{
    private const int FewestWords = 3;

    /// <summary>Routes that change nothing, know repetitions by another mark, or answer a secret that must not be stored.</summary>
    private static readonly string[] s_unkeyed = ["AskDeviceToken", "BeginDeviceLogin", "CreateToken", "InviteAccount", "LogIn", "LogOut", "SetPassword", "TakeWebhook", "TryWebhook"];

    public static TheoryData<string> Files => new("host.json", "deploy-service.json");

    [Fact]
    public async Task Pass_the_linter()
    {
        using var linter = Process.Start(
            new ProcessStartInfo(Repository.PathTo("infra", "test", "openapi", "lint")) { RedirectStandardOutput = true, RedirectStandardError = true })!;

        var (output, error) = (linter.StandardOutput.ReadToEndAsync(Token), linter.StandardError.ReadToEndAsync(Token));
        await linter.WaitForExitAsync(Token);

        linter.ExitCode.ShouldBe(0, await output + await error);
    }

    [Theory, MemberData(nameof(Files))]
    public void Describe_everything_in_words_that_stand_alone(string file)
    {
        var document = JsonNode.Parse(File.ReadAllText(Repository.PathTo("contracts", "openapi", file)))!.AsObject();

        var undescribed = Described(document).Where(d => !StandsAlone(d.Text)).Select(d => $"{d.At}: {d.Text}");

        undescribed.ShouldBeEmpty();
    }

    [Fact]
    public void Know_repetitions_and_what_was_seen_on_every_route_that_changes_something()
    {
        var changes = OpenApiContract.Host.Operations.Where(o => o.Method != "GET" && !s_unkeyed.Contains(o.Id));

        var without = changes.Where(o => o.Parameters.Count(p => (string?)p["name"] is "If-Match" or "Idempotency-Key") != 2).Select(o => o.Id);

        without.ShouldBeEmpty("every route below /api/v1 gets both by itself; who is to have neither says why with Unkeyed, and stands in this test");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static bool StandsAlone(string? text) =>
        text is not null && text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length >= FewestWords && !PointsElsewhere().IsMatch(text)
            && (text.EndsWith('.') || text.EndsWith("`.", StringComparison.Ordinal));

    /// <summary>All that a reader meets by itself: operations, parameters, answers, headers, schemas and their members.</summary>
    private static IEnumerable<(string At, string? Text)> Described(JsonObject document)
    {
        foreach (var (path, operation) in document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(m => ($"{m.Key} {p.Key}", m.Value!))))
        {
            yield return (path, $"{operation["summary"]}.");
            foreach (var parameter in operation["parameters"] as JsonArray ?? [])
                yield return ($"{path} {parameter!["name"]}", (string?)parameter["description"]);
            foreach (var found in Answers(operation["responses"]!.AsObject(), path))
                yield return found;
        }
        foreach (var found in Answers(document["components"]!["responses"]!.AsObject(), "components"))
            yield return found;
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
        {
            yield return (name, (string?)schema!["description"]);
            foreach (var found in Members(schema, name))
                yield return found;
        }
    }

    private static IEnumerable<(string At, string? Text)> Answers(JsonObject responses, string at)
    {
        foreach (var (status, response) in responses.Where(r => r.Value!["$ref"] is null))
        {
            yield return ($"{at} {status}", (string?)response!["description"]);
            foreach (var (header, said) in response["headers"] as JsonObject ?? [])
                yield return ($"{at} {status} {header}", (string?)said!["description"]);
        }
    }

    private static IEnumerable<(string At, string? Text)> Members(JsonNode schema, string at)
    {
        foreach (var (name, member) in schema["properties"] as JsonObject ?? [])
        {
            // What may be another schema or null is described by that schema.
            if (member!["$ref"] is null && member["oneOf"] is null)
                yield return ($"{at}.{name}", (string?)member["description"]);
            foreach (var found in Members(member, $"{at}.{name}"))
                yield return found;
        }
        if (schema["items"] is { } items)
        {
            foreach (var found in Members(items, $"{at}[]"))
                yield return found;
        }
    }

    [GeneratedRegex("^(Its|Their|That|This|The same)\\b")]
    private static partial Regex PointsElsewhere();
}
