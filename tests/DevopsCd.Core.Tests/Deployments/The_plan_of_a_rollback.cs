using DevopsCd.Core.Deployments;
using static DevopsCd.Core.Releases.OperationStatus;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>What is taken back in one place, told by the operations there.</summary>
public sealed class The_plan_of_a_rollback
{
    private static readonly PreviousVersion s_old = new("app:1", "7", Unchanged: false), s_own = new("app:2", "8", Unchanged: true);

    private readonly List<StageOperation> _place = [];

    [Fact]
    public void Takes_back_what_has_replaced_the_version_of_before()
    {
        Had(Stage.Prod, Succeeded, s_old);

        StageUndo.Of(_place).ShouldBe(new StageUndo(new Undo("op1", s_old), null));
    }

    [Fact]
    public void Goes_past_attempts_that_found_the_batchs_own_version_there()
    {
        Had(Stage.Prod, Failed, s_old);
        Had(Stage.Prod, Failed, s_own);
        Had(Stage.Prod, Succeeded, s_own);

        StageUndo.Of(_place).Undo!.OperationId.ShouldBe("op1");
    }

    [Fact]
    public void Takes_the_last_one_where_those_before_it_have_gone_back_by_themselves()
    {
        Had(Stage.Prod, Failed, s_old);
        Had(Stage.Prod, Succeeded, s_old);

        StageUndo.Of(_place).Undo!.OperationId.ShouldBe("op2");
    }

    [Fact]
    public void Has_nothing_to_do_where_nothing_has_moved()
    {
        Had(Stage.Prod, Failed, null, moved: false);

        StageUndo.Of(_place).ShouldBe(new StageUndo(null, StageUndo.NotMoved));
    }

    [Fact]
    public void Leaves_what_nothing_ran_before_also_when_it_was_deployed_again()
    {
        Had(Stage.Prod, Failed, PreviousVersion.Nothing);
        Had(Stage.Prod, Succeeded, s_old);

        StageUndo.Of(_place).ShouldBe(new StageUndo(null, StageUndo.New));
    }

    [Fact]
    public void Is_done_once_it_has_succeeded_and_begins_anew_with_the_next_deployment()
    {
        Had(Stage.Prod, Succeeded, s_old);
        Had(Stage.Rollback, Failed, s_old);
        StageUndo.Of(_place).Undo!.OperationId.ShouldBe("op1", "a failed one is tried again");
        Had(Stage.Rollback, Succeeded, s_old);
        StageUndo.Of(_place).IsDone.ShouldBeTrue();

        Had(Stage.Prod, Succeeded, s_old);

        StageUndo.Of(_place).Undo!.OperationId.ShouldBe("op4");
    }

    [Fact]
    public void Takes_the_last_one_where_the_deploy_service_tells_nothing()
    {
        Had(Stage.Prod, Failed, null);
        Had(Stage.Prod, Succeeded, null);

        StageUndo.Of(_place).Undo.ShouldBe(new Undo("op2", null));
    }

    private void Had(Stage stage, OperationStatus status, PreviousVersion? previous, bool moved = true)
    {
        var id = _place.Count + 1;
        _place.Add(new StageOperation(id, 1, stage, "c1", 1, status, null, moved, Outdated: false) { OperationId = $"op{id}", Previous = previous });
    }
}
