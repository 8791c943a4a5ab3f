using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;

namespace DevopsCd.DeployService.Tests;

public sealed class A_request_with_a_mistake_in_it(TestCluster cluster)
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly (string Kind, string Image, string Strategy, string Field)[] s_mistakes =
    [
        ("Deployment", "r.example/app:2", """{"type":"rolling","weight":5}""", "strategy.weight"),
        ("Deployment", "r.example/app:2", """{"type":"rolling","onstop":"pause"}""", "strategy.onstop"),
        ("Deployment", "r.example/app:2", """{"type":"recreate","onFailure":"retry"}""", "strategy.onFailure"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50,"puase":true}]}""", "strategy.steps[0].puase"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":10},{"weight":50,"Pause":true}]}""", "strategy.steps[1].Pause"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[50]}""", "strategy.steps[0]"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50},{"weight":20}]}""", "strategy.steps[1].weight"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50,"pause":"true"}]}""", "strategy.steps[0].pause"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50}],"analysis":{"query":"up","min":1,"maximum":2}}""",
            "strategy.analysis.maximum"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50}],"analysis":{"query":"up","min":"0.9","max":1}}""",
            "strategy.analysis.min"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50}],"analysis":{"query":"up","min":2,"max":1}}""", "strategy.analysis.min"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50}],"analysis":{"query":"up{app=\"{{deployment}}\"}","min":1}}""",
            "strategy.analysis.query"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50}],"analysis":"up > 0"}""", "strategy.analysis"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50}],"route":"shop","stableService":"shop","canaryService":"shop"}""",
            "strategy.canaryService"),
        ("Deployment", "r.example/app:2",
            """{"type":"canary","steps":[{"weight":50}],"route":"../shop","stableService":"shop","canaryService":"shop-canary"}""", "strategy.route"),
        ("Deployment", "r.example/app:2", """{"type":"canary","steps":[{"weight":50}],"stableService":"shop"}""", "strategy.stableService"),
        ("Deployment", "r.example/app:2", """{"type":"blue-green","service":"Shop_1"}""", "strategy.service"),
        ("Deployment", "r.example/app:2", """{"type":"blue-green","service":"shop","keepOld":600}""", "strategy.keepOld"),
        ("Deployment", "r.example/app:2", """{"type":"blue-green","service":"shop","promote":true}""", "strategy.promote"),
        ("Application", "r.example/app:2", """{"type":"argocd","update":["helm"]}""", "strategy.update"),
        ("Application", "r.example/app:2", """{"type":"argocd","update":"revision","parameter":"image.tag"}""", "strategy.parameter"),
        ("Application", "r.example/app:2", """{"type":"argocd","value":"{{tag}}"}""", "strategy.value"),
        ("Application", "r.example/app:2", """{"type":"argocd","update":"helm","parameter":"image.tag","value":"{{tga}}"}""", "strategy.value"),
        ("Application", "r.example/app@" + Digest, """{"type":"argocd","update":"revision"}""", "strategy.value"),
        ("Application", "r.example/app", """{"type":"argocd"}""", "image"),
        ("HelmRelease", "r.example/app:2", """{"type":"flux","values":{"image.tag":"{{tag}"}}""", "strategy.values.image.tag"),
        ("HelmRelease", "r.example/app:2", """{"type":"flux","values":{"image.digest":"{{digest}}"}}""", "strategy.values.image.digest"),
        ("HelmRelease", "r.example/app:2", """{"type":"flux","values":{"image":"{{image}}","image.tag":"{{tag}}"}}""", "strategy.values.image"),
        ("HelmRelease", "r.example/app", """{"type":"flux"}""", "image"),
        ("Release", "r.example/app@" + Digest, """{"type":"helm","chart":"oci://charts.example/shop","values":{"v":"{{version}}"}}""", "strategy.values.v"),
        ("Release", "r.example/app:2", """{"type":"helm","chart":"oci://charts.example.evil/shop"}""", "strategy.chart"),
        ("Release", "r.example/app:2", """{"type":"helm","chart":"oci://charts.example/../other/shop"}""", "strategy.chart")
    ];

    private static readonly (string Kind, string Image, string Strategy)[] s_good =
    [
        ("Deployment", "app", """{"type":"rolling","onStop":"pause","onFailure":"return","takeOver":false}"""),
        ("StatefulSet", "localhost:5000/a/b-c__d.e:1.2@" + Digest, """{"type":"rolling"}"""),
        ("Deployment", "r.example/app:2",
            """{"type":"canary","steps":[{"weight":10,"pause":null},{"weight":10,"pause":true},{"weight":100,"pause":"5m"}],"analysis":{"query":"sum(x{a=\"{{ canary }}\"})","max":1e-3,"interval":"5s"}}"""),
        ("Deployment", "r.example/app@" + Digest, """{"type":"blue-green","service":"shop","promote":"manual","keepOld":"10m"}"""),
        ("Application", "r.example/app:2@" + Digest, """{"type":"argocd","update":"revision"}"""),
        ("Application", "r.example/app:2@" + Digest, """{"type":"argocd","update":"helm","parameter":"image.tag","value":"v{{version}}"}"""),
        ("HelmRelease", "r.example/app:2@" + Digest,
            """{"type":"flux","values":{"image.tag":"{{version}}","image.digest":"{{digest}}","note":"{literally}"}}"""),
        ("Release", "r.example/app:2", """{"type":"helm","chart":"oci://charts.example/shop","version":"1.2.3"}""")
    ];

    [Fact]
    public async Task Is_refused_by_the_field_the_mistake_is_in()
    {
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:rollout:chart_sources:0", "oci://charts.example"));

        var mistakes = await ValidateAsync(given, s_mistakes.Select(m => Target(given, m.Kind, m.Image, m.Strategy)));
        var good = await ValidateAsync(given, s_good.Select(g => Target(given, g.Kind, g.Image, g.Strategy)));

        mistakes.Ok.ShouldBeFalse();
        foreach (var (mistake, result) in s_mistakes.Zip(mistakes.Results))
            string.Join(", ", result.Problems.Keys).ShouldBe(mistake.Field, mistake.Strategy);
        foreach (var (target, result) in s_good.Zip(good.Results))
            result.Problems.ShouldBeEmpty(target.Strategy);
        good.Ok.ShouldBeTrue();
    }

    [Fact]
    public async Task Names_the_key_where_no_source_of_charts_is_allowed()
    {
        await using var given = await Given.ServiceAsync(cluster);

        var answer = await ValidateAsync(given, [Target(given, "Release", "r.example/app:2", """{"type":"helm","chart":"oci://charts.example/shop"}""")]);

        answer.Ok.ShouldBeFalse();
        answer.Results.Single().Problems["strategy.chart"].Single().ShouldContain("deploy_service:rollout:chart_sources");
    }

    [Fact]
    public async Task Deploys_nothing_where_the_pause_is_misspelt()
    {
        await using var given = await Given.ServiceAsync(cluster);
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        using var answer = await given.PutAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "canary", steps = new[] { new { weight = 50, puase = true } } }));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("strategy.steps[0].puase");
        (await given.DeploymentAsync("shop")).ResourceVersion.ShouldBe(before.ResourceVersion);
    }

    [Fact]
    public async Task Can_be_found_before_there_is_an_image_and_without_asking_a_cluster()
    {
        await using var given = await Given.ServiceAsync(cluster,
            ("deploy_service:keys:1:name", "guest"), ("deploy_service:keys:1:sha256", Given.HashOf("guest-key")),
            ("deploy_service:keys:1:clusters:0", "test"), ("deploy_service:keys:1:namespaces:0", "somewhere-else"));
        string[] targets =
        [
            Target(given, "HelmRelease", null, """{"type":"flux","values":{"image.tag":"{{version}}","image.digest":"{{digest}}"}}"""),
            Target(given, "Deployment", null, """{"type":"canary","steps":[{"weight":200}]}"""),
            Target(given, "Deployment", null, """{"type":"rolling"}""").Replace("\"test\"", "\"mars\"", StringComparison.Ordinal)
        ];

        var view = await ValidateAsync(given, targets);
        using var empty = await given.Http.PostAsync("api/v1/preflight/validate", JsonContent.Create(new { operations = Array.Empty<object>() }));
        given.Http.DefaultRequestHeaders.Remove(ApiKeyAuthentication.Header);
        given.Http.DefaultRequestHeaders.Add(ApiKeyAuthentication.Header, "guest-key");
        var guest = await ValidateAsync(given, targets);

        view.Results.Select(r => string.Join(", ", r.Problems.Keys)).ShouldBe(["", "strategy.steps[0].weight", "cluster"]);
        empty.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        guest.Results[0].Problems["namespace"].Single().ShouldContain("guest");
    }

    [Theory]
    [InlineData("app", true)]
    [InlineData("UPPER/app:1", true)]
    [InlineData("r.example:5000/a/b:1.2-rc.1_x", true)]
    [InlineData("[fe80::1]:5000/app", true)]
    [InlineData("app@" + Digest, true)]
    [InlineData("app:1@" + Digest, true)]
    [InlineData("UPPER:tag", false)]
    [InlineData("r.example/Upper:1", false)]
    [InlineData("app:1:2", false)]
    [InlineData("http://r.example/app:1", false)]
    [InlineData("app:", false)]
    [InlineData("app:-1", false)]
    [InlineData("/app:1", false)]
    [InlineData("a//b:1", false)]
    [InlineData("a/../b:1", false)]
    [InlineData("a/.b:1", false)]
    [InlineData("a___b:1", false)]
    [InlineData("app:1@sha256:0123", false)]
    [InlineData("app@" + Digest + ":1", false)]
    [InlineData("app:1\n", false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    public void Is_an_image_reference_that_no_kubelet_reads(string image, bool isValid) => ImageReference.IsValid(image).ShouldBe(isValid);

    [Fact]
    public void Is_an_image_reference_that_is_too_long()
    {
        ImageReference.IsValid($"{new string('a', 255)}:{new string('t', 128)}").ShouldBeTrue();

        ImageReference.IsValid($"{new string('a', 256)}:1").ShouldBeFalse();
        ImageReference.IsValid($"a:{new string('t', 129)}").ShouldBeFalse();
    }

    private static string Target(Given given, string kind, string? image, string strategy) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["application"] = "shop",
        ["stage"] = "pre",
        ["cluster"] = "test",
        ["namespace"] = given.Namespace,
        ["workload"] = new { kind, name = "shop" },
        ["image"] = image,
        ["strategy"] = JsonSerializer.Deserialize<JsonElement>(strategy)
    }, Json.Options);

    private static async Task<DeployPreflightView> ValidateAsync(Given given, IEnumerable<string> operations)
    {
        using var body = new StringContent($"{{\"operations\":[{string.Join(",", operations)}]}}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await given.Http.PostAsync("api/v1/preflight/validate", body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<DeployPreflightView>(Json.Options))!;
    }
}
