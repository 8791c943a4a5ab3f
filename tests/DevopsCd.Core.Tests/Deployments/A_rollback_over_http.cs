using DevopsCd.Core.Deployments;
using DevopsCd.Testing.Fakes;
using Microsoft.AspNetCore.Http;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>The <c>http</c> driver asks for what ran before an operation, which is the way back of that operation.</summary>
public sealed class A_rollback_over_http
{
    private const string Before = "registry.example/api:0";

    [Fact]
    public async Task Is_asked_of_the_operation_that_it_takes_back()
    {
        await using var service = await FakeDeployService.StartAsync();
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);
        var deployed = DeployClient.Operation("api");

        var told = await client.Service.SubmitAsync(deployed, default);
        var answer = await client.Service.SubmitAsync(Rollback(), default);

        told.ShouldBe(new DeployAnswer.Succeeded { Previous = new PreviousVersion(Before, null, Unchanged: false) });
        answer.ShouldBe(new DeployAnswer.Succeeded());
        (await client.Service.LookAsync(Rollback(), default)).ShouldBe(new DeployAnswer.Succeeded());
        service.Calls.Select(c => (c.Verb, c.OperationId)).ShouldBe(
            [("submit", deployed.OperationId), ("rollback", deployed.OperationId), ("look", deployed.OperationId)]);
    }

    [Fact]
    public async Task Deploys_the_image_of_before_under_its_own_id_where_it_cannot_be_restored()
    {
        await using var service = await FakeDeployService.StartAsync();
        await using var client = new DeployClient(service.BaseUrl, service.ApiKey);
        var rollback = Rollback();
        rollback.Redeploys = true;

        (await client.Service.SubmitAsync(rollback, default)).ShouldBeOfType<DeployAnswer.Succeeded>();

        var deployed = service.Operations.ShouldHaveSingleItem();
        (deployed.OperationId, deployed.Request.Image, deployed.Request.Stage).ShouldBe((rollback.OperationId, Before, "prod"));
    }

    [Theory]
    [InlineData(404, "urn:devopscd:deploy:operation-unknown", "no longer knows operation 'b1-api-pre-1-0123456789ab'")]
    [InlineData(404, null, "cannot roll back")]
    [InlineData(405, null, "cannot roll back")]
    [InlineData(501, null, "cannot roll back")]
    public async Task Is_beyond_a_service_that_has_no_way_back(int status, string? type, string reason) =>
        (await AnswerAsync(status, type)).ShouldBeOfType<DeployAnswer.Unable>().Reason.ShouldContain(reason);

    [Fact]
    public async Task Is_done_where_the_operation_has_changed_nothing() =>
        (await AnswerAsync(409, "urn:devopscd:deploy:nothing-to-roll-back")).ShouldBe(new DeployAnswer.Succeeded());

    [Theory]
    [InlineData("urn:devopscd:deploy:workload-busy")]
    [InlineData("urn:devopscd:deploy:operation-busy")]
    public async Task Is_asked_again_while_others_have_the_workload(string type) =>
        (await AnswerAsync(409, type)).ShouldBeOfType<DeployAnswer.Transient>().MayHaveArrived.ShouldBeFalse();

    [Fact]
    public async Task Is_refused_where_somebody_has_deployed_there_since() =>
        (await AnswerAsync(409, "urn:devopscd:deploy:newer-operation")).ShouldBeOfType<DeployAnswer.Refused>();

    [Theory]
    [InlineData("progressing", "RollingBack", "Progressing", "Progressing")]
    [InlineData("stopped", "RolledBack", "Succeeded", "Succeeded")]
    [InlineData("failed", "ReturnFailed", "Transient", "Failed")]
    [InlineData("stopped", "Stopped", "Transient", "Unknown")]
    [InlineData("succeeded", "RolledOut", "Transient", "Unknown")]
    public async Task Is_over_when_the_operation_says_that_it_is_back(string phase, string reason, string asked, string seen)
    {
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync($$"""{"operationId":"b1-api-pre-1-0123456789ab","phase":"{{phase}}","reason":"{{reason}}"}""");
        });
        await using var client = new DeployClient(odd.Address, "key");

        (await client.Service.SubmitAsync(Rollback(), default)).GetType().Name.ShouldBe(asked);
        (await client.Service.LookAsync(Rollback(), default)).GetType().Name.ShouldBe(seen);
    }

    private static async Task<DeployAnswer> AnswerAsync(int status, string? type)
    {
        await using var odd = await OddService.Start(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/problem+json";
            await http.Response.WriteAsync(type is null ? "{}" : $$"""{"type":"{{type}}","title":"no"}""");
        });
        await using var client = new DeployClient(odd.Address, "key");
        return await client.Service.SubmitAsync(Rollback(), default);
    }

    private static Deployment Rollback()
    {
        var operation = DeployClient.Operation("api");
        operation.Reverts = operation.OperationId;
        operation.OperationId = "b1-api-rollback-1-0123456789ab";
        operation.Stage = Stage.Rollback;
        operation.Image = Before;
        operation.Previous = new PreviousVersion(Before, null, Unchanged: false);
        return operation;
    }
}
