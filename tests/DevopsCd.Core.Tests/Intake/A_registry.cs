using System.Net;
using System.Net.Http.Headers;
using DevopsCd.Core.Intake.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Intake;

public sealed class A_registry : IDisposable
{
    private const string Image = "registry.example/shop/order";

    private readonly FakeTimeProvider _clock = new();

    private readonly Answers _answers = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _answers.Dispose();

    [Fact]
    public async Task That_does_not_answer_is_asked_once_and_then_left_alone_for_a_moment()
    {
        var resolver = Resolver(new RegistryOptions { Host = "registry.example" }, new RegistryOptions { Host = "other.example" });
        _answers.To = call => call.RequestUri!.Host == "other.example" ? Digest("sha256:1") : throw new TaskCanceledException("the timeout");

        (await Should.ThrowAsync<HttpRequestException>(() => resolver.Resolve(Image, "1", Stop))).Message.ShouldBe("registry.example did not answer in time");
        (await Should.ThrowAsync<HttpRequestException>(() => resolver.Resolve(Image, "2", Stop))).Message.ShouldBe("registry.example did not answer a moment ago");
        (await resolver.Resolve("other.example/order", "1", Stop)).ShouldBe("sha256:1", "only the dead one rests");
        _answers.Calls.Count.ShouldBe(2);

        _clock.Advance(TimeSpan.FromSeconds(5));
        _answers.To = _ => Digest("sha256:2");
        (await resolver.Resolve(Image, "2", Stop)).ShouldBe("sha256:2");
    }

    [Fact]
    public async Task That_refuses_is_no_silent_one()
    {
        var resolver = Resolver(new RegistryOptions { Host = "registry.example" });
        _answers.To = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

        await Should.ThrowAsync<HttpRequestException>(() => resolver.Resolve(Image, "1", Stop));

        _answers.To = _ => new HttpResponseMessage(HttpStatusCode.NotFound);
        (await resolver.Resolve(Image, "1", Stop)).ShouldBeNull("it answers: it does not know the tag");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("gitlab.example", "Basic")]
    public async Task Is_shown_the_password_at_its_token_host_only_when_an_operator_names_that_host(string? tokenHost, string? scheme)
    {
        var resolver = Resolver(new RegistryOptions { Host = "registry.example", TokenHost = tokenHost, Username = "robot", Password = "canary" });
        _answers.To = call => call switch
        {
            { RequestUri.Host: "gitlab.example" } => new HttpResponseMessage { Content = new StringContent("""{"token":"t-1"}""") },
            { Headers.Authorization.Scheme: "Bearer" } => Digest("sha256:3"),
            _ => Challenge("https://gitlab.example/jwt/auth"),
        };

        (await resolver.Resolve(Image, "1", Stop)).ShouldBe("sha256:3");

        _answers.Calls.Select(c => c.Host).ShouldBe(["registry.example", "gitlab.example", "registry.example"]);
        _answers.Calls[1].Authorization?.Scheme.ShouldBe(scheme);
        (_answers.Calls[1].Authorization is null).ShouldBe(scheme is null);
    }

    private DigestResolver Resolver(params RegistryOptions[] registries) =>
        new(new HttpClient(_answers, disposeHandler: false), new WebhookOptions { Registries = [.. registries] }, new SilentRegistries(_clock));

    private static HttpResponseMessage Digest(string digest)
    {
        var response = new HttpResponseMessage();
        response.Headers.Add("Docker-Content-Digest", digest);
        return response;
    }

    private static HttpResponseMessage Challenge(string realm)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Add(new AuthenticationHeaderValue("Bearer", $"realm=\"{realm}\",service=\"container_registry\""));
        return response;
    }

    private sealed class Answers : HttpMessageHandler
    {
        public Func<HttpRequestMessage, HttpResponseMessage> To { get; set; } = _ => new HttpResponseMessage();

        public List<(string Host, AuthenticationHeaderValue? Authorization)> Calls { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls.Add((request.RequestUri!.Host, request.Headers.Authorization));
            return Task.FromResult(To(request));
        }
    }
}
