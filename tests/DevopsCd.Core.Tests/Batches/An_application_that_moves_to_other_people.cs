using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>It has moved after its project was asked for in front, and before it was locked: what counts is where it is under the lock.</summary>
public sealed class An_application_that_moves_to_other_people
{
    private static readonly Subject s_developer = Subject.User("dev") with { Grants = [new Grant(Roles.Developer, "shop", "the test")] };

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Comes_into_no_batch_of_who_has_no_right_there(string database)
    {
        await using var engine = await Engine.Start(database);
        foreach (var (project, application) in (IEnumerable<(string, string)>)[("shop", "web"), ("bank", "ledger")])
        {
            await engine.Do<ProjectDesk>(desk => desk.PutAsync(project, new ProjectPolicyBody(), Precondition.None,
                new AccessOrigin(Subject.User("root"), EventSource.Http), default));
            await engine.Do<ApplicationCatalogue>(c => c.AddAsync(new NewApplication { Name = application, Project = project }, default));
        }
        var batch = await engine.Batch("web");

        var created = await Should.ThrowAsync<BatchRefusedException>(() => engine.Do<BatchFactory>(factory => factory.OpenAsync(
            new Batch { CorrelationId = Guid.NewGuid() }, new CreateBatch
            {
                BatchId = Guid.NewGuid(),
                Title = "x",
                Project = "shop",
                Operator = "dev",
                Releases = [new ReleaseItem { Application = "ledger" }]
            }, s_developer, null, default)));
        var added = await Should.ThrowAsync<BatchRefusedException>(() => engine.Do<ReleaseEditor>(editor =>
            editor.AddAsync(batch.Id, [new ReleaseItem { Application = "ledger" }], Precondition.None, s_developer, default)));

        foreach (var refused in (BatchRefusedException[])[created, added])
            refused.Message.ShouldBe($"releases[0].application: {BatchDoor.NotRegistered("ledger")}", "they may not even view it");
    }
}
