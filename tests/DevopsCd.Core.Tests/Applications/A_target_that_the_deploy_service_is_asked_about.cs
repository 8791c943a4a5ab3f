using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Tests.Notifications;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Applications;

public sealed class A_target_that_the_deploy_service_is_asked_about : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private FakeService _service = null!;
    private HttpClient _http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await FakeService.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_service.Address + "/") };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Is_taken_when_the_service_finds_nothing_wrong_and_sends_it_as_it_is()
    {
        _service.Answer = _ => new FakeReply(200, """{"ok":true,"results":[{"application":"api","cluster":"c1","ok":true}]}""", Type: "application/json");

        (await Check()).ShouldBeNull();

        var (path, asked) = (_service.Requests[0].Path, _service.Requests[0].Json.GetProperty("operations")[0]);
        path.ShouldBe("/api/v1/preflight/validate");
        asked.GetProperty("strategy").GetProperty("weight").GetInt32().ShouldBe(20);
        asked.GetProperty("workload").TryGetProperty("container", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Is_refused_by_the_fields_that_the_service_names()
    {
        _service.Answer = _ =>
            new FakeReply(200, """{"ok":false,"results":[{"application":"api","cluster":"c1","ok":false,"problems":{"strategy.weight":["unknown setting; known: steps"]}}]}""", Type: "application/json");

        var refused = await Should.ThrowAsync<BatchRefusedException>(Check());

        (refused.Kind, refused.Fields.Keys.ShouldHaveSingleItem(), refused.Message).ShouldBe(
            (RefusalKind.Content, "strategy.weight", "strategy.weight: unknown setting; known: steps"));
    }

    [Theory]
    [InlineData(503, "away")]
    [InlineData(404, "an older one")]
    [InlineData(200, "not JSON")]
    public async Task Is_taken_with_a_note_when_the_service_gives_no_answer(int status, string body)
    {
        _service.Answer = _ => new FakeReply(status, body, Type: "application/json");

        (await Check()).ShouldNotBeNull().ShouldContain("stored unchecked");
    }

    [Fact]
    public async Task Is_taken_with_a_note_when_the_service_is_silent()
    {
        _service.Hold();
        var checking = Check();
        await _service.Arrived.WaitAsync(Stop);

        _clock.Advance(DeployServiceTargetCheck.Patience);

        (await checking).ShouldNotBeNull().ShouldContain("did not answer within");
    }

    [Fact]
    public async Task Is_asked_about_with_the_others_of_its_application_at_once_and_told_apart_from_them()
    {
        _service.Answer = _ => new FakeReply(200,
            """{"ok":false,"results":[{"application":"api","cluster":"c1","ok":true},{"application":"api","cluster":"c1","ok":false,"problems":{"strategy.weight":["unknown"]}}]}""",
            Type: "application/json");

        var refused = await Should.ThrowAsync<BatchRefusedException>(Review().AskAsync("api", WantedTarget.Of([Setting("pre"), Setting("prod")]), Stop));

        refused.Fields.Keys.ShouldHaveSingleItem().ShouldBe("targets[1].strategy.weight");
        _service.Requests.ShouldHaveSingleItem().Json.GetProperty("operations").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Is_taken_with_a_note_when_the_service_speaks_of_others()
    {
        _service.Answer = _ => new FakeReply(200, """{"ok":true,"results":[{"application":"api","cluster":"c1","ok":true}]}""", Type: "application/json");

        var notes = await Review().AskAsync("api", WantedTarget.Of([Setting("pre"), Setting("prod")]), Stop);

        notes.ShouldNotBeNull().Count.ShouldBe(2);
        notes[1].ShouldContain("prod/c1, but it spoke of 1 of 2 targets");
    }

    private async Task<string?> Check() => (await Review().AskAsync("api", WantedTarget.Of("pre", "c1", new TargetBody
    {
        Namespace = "shop",
        Workload = new DeployWorkload { Kind = "Deployment", Name = "api" },
        Strategy = Canary
    }), Stop))?.Single();

    private static DeployStrategy Canary => new() { Type = "canary", Settings = new() { ["weight"] = JsonSerializer.SerializeToElement(20) } };

    private static TargetSetting Setting(string stage) =>
        new() { Stage = stage, Cluster = "c1", Namespace = "shop", Workload = new DeployWorkload { Kind = "Deployment", Name = "api" }, Strategy = Canary };

    private TargetReview Review() => new(new DeployServiceTargetCheck(_http, _clock, NullLogger<DeployServiceTargetCheck>.Instance));
}
