using System.Text.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>What only the consumer can find out is told like what the door finds out: with the fields, and not as a fault.</summary>
public sealed class A_build_that_is_refused
{
    [Fact]
    public async Task Is_parked_with_its_fields_while_the_next_one_is_taken()
    {
        await using var house = await StoryHouse.Open();
        (await house.Api.AddApplication("api")).Expect();
        var rejections = await house.Broker.TapAsync("DevopsCd.Contracts:CommandRejected");
        var build = JsonSerializer.SerializeToNode(CdApi.Build("api", 1))!.AsObject();
        build["branch"] = "refs/tags/v1";
        build["attempt"] = 0;

        await house.Tell("BuildCompleted", build);
        await house.Tell("BuildCompleted", CdApi.Build("api", 2));

        var builds = await Eventually.Sees(() => Items(house, "builds"), found => found.Count > 0, "the good build is taken");
        builds.ShouldHaveSingleItem().GetProperty("buildNumber").GetString().ShouldBe("2");
        var parked = (await Eventually.Sees(() => Items(house, "parked"), found => found.Count > 0, "the other is parked")).ShouldHaveSingleItem();
        parked.GetProperty("reason").GetString()!.ShouldStartWith("attempt: must be 1 to");
        parked.GetProperty("reason").GetString()!.ShouldContain("branch: must be a branch; 'refs/tags/v1' is a tag");
        var told = await Eventually.Sees(() => house.Broker.TakeAsync(rejections, keep: true), found => found.Count > 0, "the sender is told");
        var rejected = JsonDocument.Parse(told.ShouldHaveSingleItem().Text).RootElement;
        (rejected.TryGetProperty("message", out var inner) ? inner : rejected).GetProperty("fields").EnumerateArray().Select(f => f.GetString())
            .ShouldBe(["attempt", "branch"], ignoreOrder: true);
    }

    private static async Task<List<JsonElement>> Items(StoryHouse house, string path) =>
        [.. (await house.Api.Send(HttpMethod.Get, path)).Expect().Body.GetProperty("items").EnumerateArray()];
}
