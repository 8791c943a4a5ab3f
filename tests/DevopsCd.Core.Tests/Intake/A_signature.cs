using System.Security.Cryptography;
using System.Text;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Intake.Webhooks.Sources;

namespace DevopsCd.Core.Tests.Intake;

public sealed class A_signature
{
    // Vectors of facts/ecosystem.md §2, made with other programs.
    private const string Body = """{"a":1}""";

    private const string Hmac = "5910e62016ef5034272c926c27071992a465c2335cecf41851bda071577f4f6d";

    private const string StandardSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

    private const string Standard = "v1,6GBnxMtYQsDY3rBDPoxpZQIV42ngglqi5Rz2HXAQ4M0=";

    [Fact]
    public void Of_GitHub_is_over_the_raw_body()
    {
        var source = new GitHubSource();

        source.IsGenuine(Payload.Of(Body, ("X-Hub-Signature-256", $"sha256={Hmac}")), "s3cret").ShouldBeTrue();
        source.IsGenuine(Payload.Of(Body + " ", ("X-Hub-Signature-256", $"sha256={Hmac}")), "s3cret").ShouldBeFalse();
        source.IsGenuine(Payload.Of(Body, ("X-Hub-Signature-256", Hmac)), "s3cret").ShouldBeFalse();
        source.IsGenuine(Payload.Of(Body, ("X-Hub-Signature-256", $"sha256={Hmac}")), "other").ShouldBeFalse();
        source.IsGenuine(Payload.Of(Body), "s3cret").ShouldBeFalse();
    }

    [Fact]
    public void Of_Gitea_and_Forgejo_is_each_their_own()
    {
        new GiteaSource().IsGenuine(Payload.Of(Body, ("X-Gitea-Signature", Hmac)), "s3cret").ShouldBeTrue();
        new ForgejoSource().IsGenuine(Payload.Of(Body, ("X-Forgejo-Signature", Hmac), ("X-Gitea-Signature", "no")), "s3cret").ShouldBeTrue();
        new ForgejoSource().IsGenuine(Payload.Of(Body, ("X-Gitea-Signature", Hmac)), "s3cret").ShouldBeFalse();
    }

    [Fact]
    public void Of_GitLab_is_that_of_Standard_Webhooks_inside_its_window()
    {
        var source = new GitLabSource();
        (string, string)[] headers = [("webhook-id", "msg_1"), ("webhook-timestamp", "1599360473"), ("webhook-signature", $"v1,AAAA {Standard}")];

        source.IsGenuine(Payload.Of(Body, headers), StandardSecret).ShouldBeTrue();
        source.IsGenuine(Payload.Of("{}", headers), StandardSecret).ShouldBeFalse();
        source.IsGenuine(Payload.Of(Body, [headers[0], ("webhook-timestamp", "1599360474"), headers[2]]), StandardSecret).ShouldBeFalse();
        var late = new WebhookRequest(headers.ToDictionary(h => h.Item1, h => h.Item2), Encoding.UTF8.GetBytes(Body), Payload.Now.AddMinutes(6));
        source.IsGenuine(late, StandardSecret).ShouldBeFalse("a replay");
        source.IsGenuine(Payload.Of(Body, ("X-Gitlab-Token", StandardSecret)), StandardSecret).ShouldBeFalse("a signing key is no token");
        source.IsGenuine(Payload.Of(Body, ("X-Gitlab-Token", "t0ken")), "t0ken").ShouldBeTrue();
    }

    [Fact]
    public void Of_Drone_covers_date_and_digest()
    {
        var source = new DroneSource();
        var date = Payload.Now.ToString("R");
        var digest = $"SHA-256={Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Body)))}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData("s3cret"u8, Encoding.UTF8.GetBytes($"date: {date}\ndigest: {digest}")));
        (string, string) Signed(string headers) =>
            ("Signature", $"""keyId="hmac-key",algorithm="hmac-sha256",signature="{signature}",headers="{headers}" """.Trim());

        source.IsGenuine(Payload.Of(Body, ("Date", date), ("Digest", digest), Signed("date digest")), "s3cret").ShouldBeTrue();
        source.IsGenuine(Payload.Of("{}", ("Date", date), ("Digest", digest), Signed("date digest")), "s3cret").ShouldBeFalse("another body");
        source.IsGenuine(Payload.Of(Body, ("Date", date), ("Digest", digest), Signed("date")), "s3cret").ShouldBeFalse("the body is not signed");
        source.IsGenuine(Payload.Of(Body, ("Date", Payload.Now.AddHours(1).ToString("R")), ("Digest", digest), Signed("date digest")), "s3cret")
            .ShouldBeFalse();
        source.IsGenuine(Payload.Of(Body), "s3cret").ShouldBeFalse();
    }

    [Fact]
    public void May_be_a_token_where_the_sender_signs_nothing()
    {
        foreach (var source in (IWebhookSource[])[new JenkinsSource(), new HarborSource(), new CompatSource(), new CdEventsSource()])
        {
            source.IsGenuine(Payload.Of(Body, ("Authorization", "Bearer t0ken")), "t0ken").ShouldBeTrue(source.Name);
            source.IsGenuine(Payload.Of(Body, ("Authorization", "t0ken")), "t0ken").ShouldBeTrue(source.Name);
            source.IsGenuine(Payload.Of(Body, ("X-Intake-Token", "t0ken")), "t0ken").ShouldBeTrue(source.Name);
            source.IsGenuine(Payload.Of(Body, ("Authorization", $"Basic {Convert.ToBase64String("jenkins:t0ken"u8)}")), "t0ken").ShouldBeTrue(source.Name);
            source.IsGenuine(Payload.Of(Body, ("Authorization", $"Basic {Convert.ToBase64String("t0ken:"u8)}")), "t0ken").ShouldBeFalse(source.Name);
            source.IsGenuine(Payload.Of(Body, ("Authorization", "Basic !!")), "t0ken").ShouldBeFalse(source.Name);
            source.IsGenuine(Payload.Of(Body, ("Authorization", "Bearer other")), "t0ken").ShouldBeFalse(source.Name);
            source.IsGenuine(Payload.Of(Body), "t0ken").ShouldBeFalse(source.Name);
        }

        new CompatSource().IsGenuine(Payload.Of(Body, ("X-Signature-256", $"sha256={Hmac}")), "s3cret").ShouldBeTrue();
    }

    [Fact]
    public void Is_checked_against_two_secrets_while_one_replaces_the_other()
    {
        var options = new WebhookOptions { Sources = { ["github"] = new SourceOptions { Secrets = { "old", "s3cret" } } } };
        var sources = new WebhookSources([new GitHubSource(), new GiteaSource()], options);

        sources.IsGenuine("github", Payload.Of(Body, ("X-Hub-Signature-256", $"sha256={Hmac}"))).ShouldBeTrue();
        sources.IsGenuine("gitea", Payload.Of(Body, ("X-Gitea-Signature", Hmac))).ShouldBeFalse("it has no secret: it is closed");
        sources.IsGenuine("nobody", Payload.Of(Body, ("X-Hub-Signature-256", $"sha256={Hmac}"))).ShouldBeFalse();
    }
}
