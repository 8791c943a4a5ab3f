using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Notifications;

public sealed class Cd_events_of_a_stage
{
    public static readonly TheoryData<string> Databases = ["postgres", "sqlite"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases))]
    public async Task Tell_new_newer_and_returned_versions_apart_by_what_ran_on_each_cluster(string database)
    {
        await using var board = await NoticeBoard.CreateAsync(database);
        var host = board.Host();
        await Deployed(host, 1, ("1", "east"));
        await Deployed(host, 2, ("2", "east"), ("2", "west"));
        await Deployed(host, 3, ("1", "east"), ("1", "west"), ("1", "north"));

        (await Types(host, 1)).ShouldBe(["service.deployed pre/east"]);
        (await Types(host, 2)).ShouldBe(["service.upgraded pre/east", "service.deployed pre/west"]);
        (await Types(host, 3)).ShouldBe(["service.rolledback pre/east", "service.upgraded pre/west", "service.deployed pre/north"]);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Name_the_sealed_images_as_published_artifacts(string database)
    {
        await using var board = await NoticeBoard.CreateAsync(database);
        var host = board.Host();
        await Deployed(host, 1, ("1", "east"));

        var events = new CdEventMapping(new NotificationOptions()).Map(await Complete(host, Sample.Sealed(1)));

        events.ShouldHaveSingleItem().Subject.Id.ShouldBe("pkg:oci/shop@sha256%3A1?repository_url=registry.example.com/shop&tag=1");
    }

    [Fact]
    public async Task Stay_what_the_notice_says_when_the_tables_know_nothing()
    {
        await using var board = await NoticeBoard.CreateAsync("sqlite");
        var notice = Sample.Completed(99);

        (await Complete(board.Host(), notice)).ShouldBe(notice);
    }

    private static async Task<List<string>> Types(ServiceProvider host, long batch) =>
        new CdEventMapping(new NotificationOptions()).Map(await Complete(host, Sample.Completed(batch)))
            .Where(e => e.Context.Type.Contains("service"))
            .Select(e => $"{e.Context.Type["dev.cdevents.".Length..^".0.3.0".Length]} {((dynamic)e.Subject.Content).environment.id}").ToList();

    private static Task<Notice> Complete(ServiceProvider host, Notice notice) => host.GetRequiredService<CdEventFacts>().CompleteAsync(notice, Stop);

    private static async Task Deployed(ServiceProvider host, long id, params (string Tag, string Cluster)[] operations)
    {
        using var scope = host.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var app = db.Applications.SingleOrDefault(a => a.Name == "shop") ?? new Application { Name = "shop", CreatedAt = Sample.Noon };
        var batch = Sample.Batch(id, BatchStatus.PreDeployed);
        var tag = operations[0].Tag;
        var release = new BatchRelease
        {
            App = app,
            Branch = "main",
            ImageName = "registry.example.com/shop",
            ImageTag = tag,
            ImageDigest = $"sha256:{tag}",
            IsOpen = false,
            PreStatus = ReleaseStatus.Succeeded
        };
        batch.Releases.Add(release);
        db.Add(batch);
        foreach (var (_, cluster) in operations)
            db.Add(new Deployment
            {
                OperationId = $"{id}-{cluster}",
                BatchId = id,
                BatchCorrelationId = batch.CorrelationId,
                Release = release,
                Application = "shop",
                Stage = Stage.Pre,
                Cluster = cluster,
                Attempt = 1,
                Status = OperationStatus.Succeeded,
                Image = release.Image,
                Target = "{}",
                StartedAt = Sample.Noon,
                DeadlineAt = Sample.Noon
            });
        await db.SaveChangesAsync(Stop);
    }
}
