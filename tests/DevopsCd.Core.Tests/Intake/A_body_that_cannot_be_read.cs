using System.Text;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Intake.Webhooks.Sources;

namespace DevopsCd.Core.Tests.Intake;

public sealed class A_body_that_cannot_be_read
{
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly IWebhookSource[] s_sources =
        [new GitHubSource(), new GitLabSource(), new GiteaSource(), new ForgejoSource(), new DroneSource(), new JenkinsSource(), new HarborSource(),
            new CompatSource(), new CdEventsSource(), new GenericSource(new WebhookOptions())];

    [Theory]
    [InlineData("application/xml", "<a/>", true, "content type 'application/xml' is not accepted; send application/json")]
    [InlineData("text/plain; charset=utf-8", "build 7 is done", true, "content type 'text/plain; charset=utf-8' is not accepted; send application/json")]
    [InlineData("multipart/form-data; boundary=x", "--x", true, "content type 'multipart/form-data; boundary=x' is not accepted; send application/json")]
    [InlineData("application/json", "no JSON at all", false, "the body is not valid JSON: ")]
    [InlineData("application/json", "{\"a\":1", false, "the body is not valid JSON: ")]
    [InlineData("application/json", "7", false, "the body must be a JSON object")]
    [InlineData("application/json", "", false, "the body is empty")]
    [InlineData(null, "nothing", false, "the body is not valid JSON: ")]
    public void Is_told_to_the_sender_of_every_source(string? type, string body, bool isMediaType, string why)
    {
        foreach (var source in s_sources)
        {
            var unreadable = UnreadableBody.Of(source, type is null ? Payload.Of(body) : Payload.Of(body, ("Content-Type", type))).ShouldNotBeNull(source.Name);
            unreadable.IsMediaType.ShouldBe(isMediaType, source.Name);
            unreadable.Why.ShouldStartWith(why, customMessage: source.Name);
        }
    }

    [Fact]
    public void Is_a_form_for_those_who_send_none()
    {
        var form = Payload.Of("payload=%7B%7D", ("Content-Type", Form));

        s_sources.Where(s => UnreadableBody.Of(s, form) is null).Select(s => s.Name).ShouldBe(["github", "gitea", "forgejo"]);
        UnreadableBody.Of(new GitLabSource(), form)!.ShouldBe(new UnreadableBody(true, $"content type '{Form}' is not accepted; send application/json"));
    }

    [Fact]
    public void Is_another_charset_or_a_compressed_one()
    {
        var latin = new WebhookRequest(new Dictionary<string, string> { ["Content-Type"] = "application/json; charset=iso-8859-1" },
            Encoding.Latin1.GetBytes("{\"a\":\"ö\"}"), Payload.Now);

        UnreadableBody.Of(new GitHubSource(), latin)!.Why.ShouldStartWith("content type 'application/json; charset=iso-8859-1' is not accepted");
        UnreadableBody.Of(new GitHubSource(), Payload.Of("{}", ("Content-Encoding", "gzip")))!.ShouldBe(
            new UnreadableBody(true, "content encoding 'gzip' is not accepted; send the body as it is"));
    }

    [Theory]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/cloudevents+json")]
    [InlineData("text/plain")]
    [InlineData(Form)]
    public void Is_not_one_that_holds_JSON_under_another_name(string type)
    {
        foreach (var source in s_sources)
            UnreadableBody.Of(source, Payload.Of("\uFEFF{\"a\":{}}", ("Content-Type", type))).ShouldBeNull(source.Name);
        UnreadableBody.Of(new CdEventsSource(), Payload.Of("[]")).ShouldBeNull();
    }

    /// <summary>GitHub signs the form as it is sent; Gitea and Forgejo sign the JSON in it.</summary>
    [Fact]
    public void Is_no_signed_form()
    {
        const string Json = """{"action":"completed","workflow_run":{"run_number":7,"head_branch":"main","event":"push","conclusion":"success","name":"a+b &ü"},"repository":{"full_name":"shop/order"}}""";
        var form = $"payload={Uri.EscapeDataString(Json).Replace("%20", "+", StringComparison.Ordinal)}";
        string Signature(string text) => Convert.ToHexStringLower(WebhookSignature.Hmac("s3cret", Encoding.UTF8.GetBytes(text)));
        WebhookRequest Request(string header, string signature, string kind) =>
            Payload.Of(form, ("Content-Type", Form), (header, signature), (kind, "workflow_run"));

        (IWebhookSource Source, WebhookRequest Request)[] cases =
        [
            (new GitHubSource(), Request("X-Hub-Signature-256", $"sha256={Signature(form)}", "X-GitHub-Event")),
            (new GiteaSource(), Request("X-Gitea-Signature", Signature(Json), "X-Gitea-Event")),
            (new ForgejoSource(), Request("X-Forgejo-Signature", Signature(Json), "X-Forgejo-Event")),
        ];

        foreach (var (source, request) in cases)
        {
            source.IsGenuine(request, "s3cret").ShouldBeTrue(source.Name);
            source.IsGenuine(request, "other").ShouldBeFalse(source.Name);
            var build = source.Read(request).Builds.ShouldHaveSingleItem(source.Name);
            (build.Number, build.Jobs.Single()).ShouldBe(("7", "a+b &ü"));
        }

        new GitHubSource().IsGenuine(Request("X-Hub-Signature-256", $"sha256={Signature(Json)}", "X-GitHub-Event"), "s3cret")
            .ShouldBeFalse("GitHub signs the whole form");
    }
}
