using System.Net;
using DevopsCd.Host.Api;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Host.Tests.Api;

public sealed class The_stream(AccessHost host)
{
    private readonly Dictionary<string, long> _batches = [];

    [Fact]
    public async Task Tells_each_change_with_its_cursor_and_its_row_of_the_audit()
    {
        await Batches("shop", "bank");
        await using var stream = await Open("admin@*");
        var before = stream.LastId!.Value;

        await Refuse("shop", "bank");
        var told = await Take(stream, 2);

        told.ShouldAllBe(change => change.Type == "change" && change.Id > before && change.Id == change.Data.GetProperty("cursor").GetInt64());
        told[1].Id.ShouldBeGreaterThan(told[0].Id);
        Named(told).ShouldBe(["shop", "bank"]);
        told[0].Data.GetProperty("event").GetProperty("outcome").GetString().ShouldBe("refused");
        told[0].Data.GetProperty("stateName").GetString().ShouldBe("PendingApproval");
    }

    [Fact]
    public async Task Goes_on_after_the_last_id_without_a_gap_and_without_a_repetition()
    {
        await Batches("shop", "bank");
        await using var stream = await Open("admin@*");
        await Refuse("shop");
        var first = (await Take(stream, 1))[0];
        await stream.DisposeAsync();
        await Refuse("shop", "bank");

        await stream.ConnectAsync(host.Http, (AccessHost.Who, "admin@*"));
        await Refuse("shop");
        var rest = await Take(stream, 3);

        rest.ShouldAllBe(change => change.Type == "change" && change.Id > first.Id);
        Named(rest).ShouldBe(["shop", "bank", "shop"]);
    }

    [Theory]
    [InlineData("viewer@shop", "api/v1/stream", "shop")]
    [InlineData("admin@*", "api/v1/stream?batch={bank}", "bank")]
    [InlineData("viewer@shop viewer@bank", "api/v1/stream?project=bank", "both bank")]
    public async Task Tells_only_what_may_be_viewed_and_was_asked_for(string roles, string path, string expected)
    {
        await Batches("shop", "bank", "both");
        await using var stream = await Open(roles, Filled(path));

        await Refuse("both", "bank", "shop");
        // One that is told here in any case: nothing else is on its way.
        await Refuse(expected.Split(' ')[^1]);

        Named(await Take(stream, expected.Split(' ').Length + 1)).SkipLast(1).ShouldBe(expected.Split(' '));
    }

    [Theory]
    [InlineData("viewer@shop", "/api/v1/stream?batch={bank}")]
    [InlineData("viewer@shop", "/api/v1/stream?batch={both}")]
    [InlineData("viewer@*", "/api/v1/stream?batch=999999")]
    [InlineData("viewer@shop", "/api/v1/stream?project=bank")]
    [InlineData("viewer@*", "/api/v1/stream?project=nobody")]
    public async Task Is_not_there_for_what_may_not_be_viewed(string roles, string path)
    {
        (_batches["bank"], _batches["both"]) = (host.Batches["bank"], host.Batches["both"]);

        (await host.Get(roles, Filled(path))).ShouldBeProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Ends_when_the_only_batch_that_was_asked_for_may_not_be_viewed_any_more()
    {
        await Batches("shop");
        await using var stream = await Open("viewer@shop", Filled("api/v1/stream?batch={shop}"));

        (await CdApi.Patient(host.Http).Send(HttpMethod.Patch, Filled("batches/{shop}"), new { project = "bank" })).Expect();
        await Refuse("shop");

        await stream.UntilItEndsAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Says_that_all_is_to_be_read_again_where_it_does_not_have_what_came_after_an_id()
    {
        await Batches("shop");
        await using var stream = new StreamClient { LastId = 999_999_999 };

        await stream.ConnectAsync(host.Http, (AccessHost.Who, "admin@*"));
        var first = (await stream.NextAsync(TestContext.Current.CancellationToken))!;
        await Refuse("shop");

        (first.Type, first.Id).ShouldBe(("reset", stream.LastId!.Value));
        (await Take(stream, 1))[0].Id.ShouldBeGreaterThan(first.Id);
    }

    [Fact]
    public async Task Begins_at_once_for_a_probe_that_reads_no_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "api/v1/stream");

        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
    }

    [Fact]
    public async Task Does_not_begin_after_an_id_that_is_none() =>
        (await host.Send("admin@*", HttpMethod.Get, "/api/v1/stream", null, ("Last-Event-ID", "yesterday"))).ShouldBeProblem(HttpStatusCode.UnprocessableEntity)
            .Fields.ShouldBe(["Last-Event-ID"]);

    [Fact]
    public async Task Leaves_its_place_when_its_reader_goes()
    {
        var streams = host.Services.GetRequiredService<OpenStreams>();
        await Eventually.IsTrue(() => streams.Count == 0, "no other test's stream is open");
        var stream = await Open("admin@*");
        streams.Count.ShouldBe(1);

        await stream.DisposeAsync();

        await Eventually.IsTrue(() => streams.Count == 0, "its place is free");
    }

    private async Task<StreamClient> Open(string roles, string path = "api/v1/stream")
    {
        var stream = new StreamClient(path);
        await stream.ConnectAsync(host.Http, (AccessHost.Who, roles));
        return stream;
    }

    private string Filled(string path) => _batches.Aggregate(path, (all, batch) => all.Replace($"{{{batch.Key}}}", $"{batch.Value}", StringComparison.Ordinal));

    /// <summary>Batches of this test alone, in the projects of these names.</summary>
    private async Task Batches(params string[] names)
    {
        var api = CdApi.Patient(host.Http);
        foreach (var name in names)
        {
            var apps = new List<string>();
            foreach (var project in name == "both" ? (string[])["shop", "bank"] : [name])
            {
                apps.Add(ApiHost.Name());
                (await api.Send(HttpMethod.Post, "applications", new { name = apps[^1], project })).Expect();
            }
            _batches[name] = (await api.CreateBatch(name, null, apps)).Expect().Id;
        }
    }

    /// <summary>Events that the batches do not allow: a row of the audit each, and no other change.</summary>
    private async Task Refuse(params string[] names)
    {
        foreach (var name in names)
            (await host.Send("admin@*", HttpMethod.Post, $"/api/v1/batches/{_batches[name]}/events/final_accept")).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    /// <summary>So many events of this test's batches; other tests' may come between.</summary>
    private async Task<List<StreamedEvent>> Take(StreamClient stream, int count)
    {
        var taken = new List<StreamedEvent>();
        while (taken.Count < count)
            taken.AddRange((await stream.TakeAsync(1, TestContext.Current.CancellationToken)).Where(told => _batches.ContainsValue(Batch(told))));
        return taken;
    }

    private IEnumerable<string> Named(IEnumerable<StreamedEvent> told) => told.Select(change => _batches.Single(batch => batch.Value == Batch(change)).Key);

    private static long Batch(StreamedEvent told) => told.Data.GetProperty("batchId").GetInt64();
}
