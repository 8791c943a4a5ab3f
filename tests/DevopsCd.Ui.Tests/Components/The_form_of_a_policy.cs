using DevopsCd.Contracts.Api;
using DevopsCd.Core.Releases;
using DevopsCd.Host.Ui.Policies;

namespace DevopsCd.Ui.Tests.Components;

public sealed class The_form_of_a_policy
{
    [Fact]
    public void Gives_back_what_it_was_filled_with()
    {
        var policy = new ProjectPolicyBody
        {
            Approvals = new ApprovalPolicyBody
            {
                Required = 2,
                Groups = new Dictionary<string, int> { ["testers"] = 1, ["a:b"] = 2 },
                NotByAuthor = false,
                ExpireAfter = "24h",
                OnChange = "void"
            },
            ProdApprovals = new ApprovalPolicyBody(),
            AutomaticPreDeploy = false,
            ConcurrentApps = 3,
            Channels = ["log", "lark"],
            Gates = [new GateBody { Name = "errors", At = "after_prod", Kind = "prometheus", Url = "https://p.example", Query = "up", Min = 1 }]
        };

        var back = PolicyForm.Of(policy).ToBody();

        back.Approvals.ShouldNotBeNull().Groups.ShouldBe(policy.Approvals.Groups);
        (back.Approvals.Required, back.Approvals.NotByAuthor, back.Approvals.ExpireAfter, back.Approvals.OnChange).ShouldBe((2, false, "24h", "void"));
        back.ProdApprovals.ShouldNotBeNull();
        (back.AutomaticPreDeploy, back.ConcurrentApps, back.SingleAppTimeout, back.BatchTimeout).ShouldBe((false, 3, null, null));
        back.Channels.ShouldBe(policy.Channels);
        back.Gates.ShouldBe(policy.Gates);
    }

    [Fact]
    public void Gives_of_a_gate_only_what_its_kind_has()
    {
        var form = new PolicyForm
        {
            Gates =
            [
                new GateForm
                {
                    Name = "errors",
                    At = "after_pre",
                    Kind = "prometheus",
                    Url = "https://p.example",
                    Query = "up",
                    Min = "0.5",
                    Max = " ",
                    For = "5m",
                    Status = "x"
                },
                new GateForm { Name = "ops", At = "before_prod", Kind = "manual", Url = "https://left.over", Secret = "old", Timeout = "2h" }
            ]
        };

        form.ToBody().Gates.ShouldBe(
        [
            new GateBody { Name = "errors", At = "after_pre", Kind = "prometheus", Url = "https://p.example", Query = "up", Min = 0.5, For = "5m" },
            new GateBody { Name = "ops", At = "before_prod", Kind = "manual", Timeout = "2h" }
        ]);
    }

    [Theory]
    [InlineData("http", "many", "", "gates[0].status")]
    [InlineData("prometheus", "", "a few", "gates[0].min")]
    public void Names_the_field_of_a_gate_that_is_no_number(string kind, string status, string min, string field)
    {
        var form = new PolicyForm { Gates = [new GateForm { Kind = kind, Status = status, Min = min }] };

        Should.Throw<BatchRefusedException>(form.ToBody).Fields.Keys.ShouldBe([field]);
    }

    [Fact]
    public void Leaves_to_the_defaults_what_is_left_empty()
    {
        var body = PolicyForm.Of(new ProjectPolicyBody()).ToBody();

        (body.Approvals, body.ProdApprovals, body.AutomaticPreDeploy, body.ConcurrentApps, body.Channels).ShouldBe((null, null, null, null, null));
    }

    [Theory]
    [InlineData("testers")]
    [InlineData("testers: many")]
    [InlineData(": 2")]
    public void Names_the_field_that_is_no_group_with_a_number(string line)
    {
        var form = new PolicyForm { Approvals = new ApprovalForm { Groups = line } };

        Should.Throw<BatchRefusedException>(form.ToBody).Fields.Keys.ShouldBe(["approvals.groups"]);
    }
}
