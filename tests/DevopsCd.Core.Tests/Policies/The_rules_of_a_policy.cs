using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;

namespace DevopsCd.Core.Tests.Policies;

public sealed class The_rules_of_a_policy
{
    private static readonly PolicyBounds s_bounds = new(
        5, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(60), ["log", "team"],
        new GateBounds(new OutboundRules("core:gates", AllowHttp: false, [], Duration.Seconds(10)), ["ci"]), NobodyLogsIn: false);
    private static readonly PolicyRules s_rules = new(s_bounds);

    [Fact]
    public void Complete_what_a_policy_leaves_out()
    {
        var policy = s_rules.Complete(new ProjectPolicyBody());

        (policy.Approvals.Required, policy.Approvals.NotByAuthor, policy.Approvals.ExpireAfter, policy.Approvals.OnChange).ShouldBe((1, true, null, ChangeEffect.Keep));
        policy.ProdApprovals.ShouldBeNull();
        (policy.AutomaticPreDeploy, policy.ConcurrentApps, policy.SingleAppTimeout, policy.BatchTimeout).ShouldBe((true, 5, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(60)));
        policy.Channels.ShouldBeNull();
    }

    [Fact]
    public void Let_an_author_approve_where_nobody_logs_in_unless_the_policy_says_otherwise()
    {
        var rules = new PolicyRules(s_bounds with { NobodyLogsIn = true });

        rules.Default.Approvals.NotByAuthor.ShouldBeFalse();
        rules.Complete(Read("""{"approvals":{"notByAuthor":true}}""")).Approvals.NotByAuthor.ShouldBeTrue();
    }

    [Fact]
    public void Bound_a_policy_that_was_set_while_the_configuration_allowed_more()
    {
        var policy = s_rules.Complete(Read("""{"concurrentApps":50,"singleAppTimeout":"5h","batchTimeout":"9h","channels":["team","gone"]}"""));

        (policy.ConcurrentApps, policy.SingleAppTimeout, policy.BatchTimeout).ShouldBe((5, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(60)));
        policy.Channels.ShouldBe(["team"]);
    }

    [Theory]
    [InlineData("""{"approvals":{"required":0}}""", "approvals.required", "must be 1 to 20")]
    [InlineData("""{"approvals":{"required":21}}""", "approvals.required", "must be 1 to 20")]
    [InlineData("""{"approvals":{"required":2,"groups":{"qa":3}}}""", "approvals.groups", "'qa' must be 1 to 2")]
    [InlineData("""{"approvals":{"groups":{" ":1}}}""", "approvals.groups", "visible characters")]
    [InlineData("""{"approvals":{"expireAfter":"soon"}}""", "approvals.expireAfter", "must be a duration of 1m to 365d")]
    [InlineData("""{"approvals":{"onChange":"forget"}}""", "approvals.onChange", "must be one of: keep, hold, void")]
    [InlineData("""{"prodApprovals":{"required":0}}""", "prodApprovals.required", "must be 1 to 20")]
    [InlineData("""{"prodApprovals":{"onChange":"void"}}""", "prodApprovals.onChange", "has no meaning there")]
    [InlineData("""{"concurrentApps":6}""", "concurrentApps", "must be 1 to 5 (core:deploy:concurrent_apps)")]
    [InlineData("""{"concurrentApps":0}""", "concurrentApps", "must be 1 to 5")]
    [InlineData("""{"singleAppTimeout":"11m"}""", "singleAppTimeout", "must be a duration of 1s to 10m")]
    [InlineData("""{"soak":"8d"}""", "soak", "must be a duration of 0ms to 7d")]
    [InlineData("""{"batchTimeout":"61m"}""", "batchTimeout", "must be a duration of 1s to 1h")]
    [InlineData("""{"channels":["nobody"]}""", "channels", "'nobody' is not a configured channel; configured: log, team")]
    [InlineData("""{"channels":[]}""", "channels", "must name at least one channel")]
    [InlineData("""{"aprovals":{"required":2}}""", "aprovals", "is not known; did you mean approvals?")]
    [InlineData("""{"approvals":{"requird":2}}""", "approvals.requird", "is not known; did you mean required?")]
    public void Name_what_is_wrong(string policy, string field, string told)
    {
        var (wrong, allowed) = s_rules.Problems(Read(policy)).ShouldHaveSingleItem();

        wrong.ShouldBe(field);
        allowed.ToString().ShouldContain(told);
    }

    [Fact]
    public void Ask_of_a_batch_that_spans_projects_what_satisfies_each_of_them()
    {
        var one = s_rules.Complete(Read("""{"approvals":{"required":2,"groups":{"qa":1},"notByAuthor":false,"expireAfter":"2h","onChange":"hold"},"concurrentApps":4,"batchTimeout":"30m","soak":"5m"}"""));
        var other = s_rules.Complete(Read("""{"approvals":{"required":1,"groups":{"qa":1,"ops":1},"notByAuthor":true},"prodApprovals":{"required":3},"automaticPreDeploy":false,"concurrentApps":2}"""));

        foreach (var both in (ProjectPolicy[])[one.And(other), other.And(one)])
        {
            (both.Approvals.Required, both.Approvals.NotByAuthor, both.Approvals.ExpireAfter, both.Approvals.OnChange).ShouldBe((2, true, TimeSpan.FromHours(2), ChangeEffect.Hold));
            both.Approvals.Groups.OrderBy(g => g.Key).Select(g => (g.Key, g.Value)).ShouldBe([("ops", 1), ("qa", 1)]);
            both.ProdApprovals!.Required.ShouldBe(3);
            (both.AutomaticPreDeploy, both.ConcurrentApps, both.BatchTimeout, both.Soak).ShouldBe((false, 2, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(5)));
        }
    }

    [Fact]
    public void Keep_in_a_row_what_a_newer_version_has_written_there()
    {
        var stored = """{"approvals":{"required":2},"waves":{"soak":"5m"}}""";

        PolicyRules.Write(PolicyRules.Parse(stored)).ShouldBe(stored);
    }

    [Fact]
    public void Show_people_a_complete_policy_in_the_form_in_which_they_set_it()
    {
        var complete = s_rules.Complete(Read("""{"approvals":{"required":2,"expireAfter":"90m"},"singleAppTimeout":"90s"}"""));

        var shown = PolicyRules.View(complete);

        s_rules.Problems(shown).ShouldBeEmpty();
        PolicyRules.View(s_rules.Complete(shown)).ShouldBeEquivalentTo(shown);
        (shown.SingleAppTimeout, shown.Approvals!.ExpireAfter).ShouldBe(("90s", "90m"));
    }

    [Theory]
    [InlineData("""null""", "gates", "must be at most 20, each an object")]
    [InlineData("""{"kind":"manual"},{"name":"a","at":"after_pre","kind":"manual"}""", "gates", "each name once; twice: a")]
    [InlineData("""{"name":"A","kind":"manual"}""", "gates[0].name", "must be ")]
    [InlineData("""{"at":"later","kind":"manual"}""", "gates[0].at", "must be one of: before_seal, before_pre, after_pre, before_prod, after_prod")]
    [InlineData("""{"kind":"mail"}""", "gates[0].kind", "must be one of: webhook, http, prometheus, manual")]
    [InlineData("""{"kind":"manual","url":"https://x.example"}""", "gates[0].url", "has no meaning for the kind manual")]
    [InlineData("""{"kind":"http"}""", "gates[0].url", "must be an address")]
    [InlineData("""{"kind":"http","url":"http://x.example"}""", "gates[0].url", "must be https (core:gates:allow_http")]
    [InlineData("""{"kind":"http","url":"https://u:p@x.example"}""", "gates[0].url", "must hold no user")]
    [InlineData("""{"kind":"http","url":"https://x.example","secret":"cd"}""", "gates[0].secret", "core:gates:secrets has: ci")]
    [InlineData("""{"kind":"http","url":"https://x.example","status":99}""", "gates[0].status", "must be 100 to 599")]
    [InlineData("""{"kind":"prometheus","url":"https://x.example","min":1}""", "gates[0].query", "must be a query")]
    [InlineData("""{"kind":"prometheus","url":"https://x.example","query":"up"}""", "gates[0].max", "needs min, max or both")]
    [InlineData("""{"kind":"prometheus","url":"https://x.example","query":"up","min":2,"max":1}""", "gates[0].max", "must not be less than min")]
    [InlineData("""{"kind":"prometheus","url":"https://x.example","query":"up","min":2,"for":"1h"}""", "gates[0].for", "must be shorter than timeout")]
    [InlineData("""{"kind":"manual","timeout":"31d"}""", "gates[0].timeout", "must be a duration of 1s to 30d")]
    [InlineData("""{"kind":"manual","tiemout":"1d"}""", "gates[0].tiemout", "is not known; did you mean timeout?")]
    public void Refuse_a_gate_that_could_not_be_asked(string gate, string field, string allowed)
    {
        var complete = gate.Replace("{\"", "{\"name\":\"a\",\"at\":\"before_pre\",\"", StringComparison.Ordinal);

        var problems = s_rules.Problems(Read($$"""{"gates":[{{complete}}]}"""));

        problems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(p => p.Field.ShouldBe(field), p => p.Allowed.ToString().ShouldContain(allowed));
    }

    private static ProjectPolicyBody Read(string json) => JsonSerializer.Deserialize<ProjectPolicyBody>(json, JsonSerializerOptions.Web)!;
}
