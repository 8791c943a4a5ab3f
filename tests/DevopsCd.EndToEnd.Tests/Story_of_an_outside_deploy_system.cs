namespace DevopsCd.EndToEnd.Tests;

/// <summary>The seed's example 1 to the letter: messages to the batch, its completions from outside.</summary>
public sealed class Story_of_an_outside_deploy_system
{
    [Fact]
    public async Task Tells_the_engine_when_each_stage_is_done()
    {
        await using var house = await StoryHouse.Open("external");
        await house.Applications("api", "web");
        var created = await house.Batch("api", "web");
        var (id, batchId) = (created.GetProperty("id").GetInt64(), created.GetProperty("batchId").GetGuid());

        await house.Tell("ApproveBatch", new { batchId, @operator = "admin" });
        await house.Until(id, 5);
        await house.Tell("ConfirmBatchTag", new { batchId, @operator = "admin" });
        await house.Until(id, 21);
        await house.Tell("PreDeployFailed", new { batchId, reason = "smoke test" });
        await house.Until(id, 11);
        await house.Tell("StartPreDeploy", new { batchId, @operator = "admin" });
        await house.Until(id, 21);
        await house.Tell("PreDeployCompleted", new { batchId });
        await house.Until(id, 22);
        await house.Tell("StartProdDeploy", new { batchId, @operator = "admin" });
        await house.Until(id, 31);
        await house.Tell("ProdDeployCompleted", new { batchId });
        await house.Until(id, 32);
        await house.Tell("AcceptBatch", new { batchId, @operator = "admin" });
        await house.Until(id, 40);

        (await house.Path(id)).ShouldBe(
        [
            ("approve", "PendingApproval", "Approved", "admin"),
            ("confirm_tag", "Approved", "Sealed", "admin"),
            ("start_pre_deploy", "Sealed", "PreDeploying", "engine"),
            ("pre_deploy_failed", "PreDeploying", "Sealed", "deploy-system"),
            ("start_pre_deploy", "Sealed", "PreDeploying", "admin"),
            ("pre_deploy_completed", "PreDeploying", "PreDeployed", "deploy-system"),
            ("start_prod_deploy", "PreDeployed", "ProdDeploying", "admin"),
            ("prod_deploy_completed", "ProdDeploying", "ProdDeployed", "deploy-system"),
            ("final_accept", "ProdDeployed", "FinalAccepted", "admin"),
        ]);
        house.Deploys.Calls.ShouldBeEmpty();
    }
}
