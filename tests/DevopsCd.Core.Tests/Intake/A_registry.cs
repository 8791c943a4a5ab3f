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
        _answers.To = call => call.RequestUri!.Host == "other.example" ? Digest('1') : throw new TaskCanceledException("the timeout");

        (await Should.ThrowAsync<HttpRequestException>(() => resolver.ResolveAsync(Image, "1", Stop))).Message.ShouldBe(
            "registry.example did not answer in time");
        (await Should.ThrowAsync<HttpRequestException>(() => resolver.ResolveAsync(Image, "2", Stop))).Message.ShouldBe(
            "registry.example did not answer a moment ago");
        (await resolver.ResolveAsync("other.example/order", "1", Stop)).ShouldBe(Of('1'), "only the dead one rests");
        _answers.Calls.Count.ShouldBe(2);

        _clock.Advance(TimeSpan.FromSeconds(5));
        _answers.To = _ => Digest('2');
        (await resolver.ResolveAsync(Image, "2", Stop)).ShouldBe(Of('2'));
    }

    [Fact]
    public async Task That_refuses_is_no_silent_one()
    {
        var resolver = Resolver(new RegistryOptions { Host = "registry.example" });
        _answers.To = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

        await Should.ThrowAsync<HttpRequestException>(() => resolver.ResolveAsync(Image, "1", Stop));

        _answers.To = _ => new HttpResponseMessage(HttpStatusCode.NotFound);
        (await resolver.ResolveAsync(Image, "1", Stop)).ShouldBeNull("it answers: it does not know the tag");
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
            { Headers.Authorization.Scheme: "Bearer" } => Digest('3'),
            _ => Challenge("https://gitlab.example/jwt/auth"),
        };

        (await resolver.ResolveAsync(Image, "1", Stop)).ShouldBe(Of('3'));

        _answers.Calls.Select(c => c.Host).ShouldBe(["registry.example", "gitlab.example", "registry.example"]);
        _answers.Calls[1].Authorization?.Scheme.ShouldBe(scheme);
        (_answers.Calls[1].Authorization is null).ShouldBe(scheme is null);
    }

    // The registry's password goes wherever the path goes.
    [Theory]
    [InlineData("registry.example/../../api/v2.0/users", "1")]
    [InlineData("registry.example/shop/order?x=y", "1")]
    [InlineData("registry.example/shop/%2e%2e/%2e%2e/api", "1")]
    [InlineData("registry.example/shop/order#x", "1")]
    [InlineData("registry.example/shop//order", "1")]
    [InlineData("registry.example/Shop/order", "1")]
    [InlineData("registry.example/shop/order\n", "1")]
    [InlineData("registry.example/shop/order", "1/../../x?y")]
    [InlineData("registry.example/shop/order", "1\n")]
    public async Task Is_never_asked_for_what_is_no_name_or_tag(string image, string tag)
    {
        var resolver = Resolver(new RegistryOptions { Host = "registry.example", Username = "robot", Password = "canary" });

        (await resolver.ResolveAsync(image, tag, Stop)).ShouldBeNull();

        _answers.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_asked_below_its_own_path_only()
    {
        var resolver = Resolver(new RegistryOptions { Host = "registry.example", Url = "https://inner.example:8443/" });
        _answers.To = _ => Digest('4');

        (await resolver.ResolveAsync("registry.example/shop/order_a/b--c", "v1.4_x-2", Stop)).ShouldBe(Of('4'));

        _answers.Addresses.ShouldBe(["https://inner.example:8443/v2/shop/order_a/b--c/manifests/v1.4_x-2"]);
    }

    [Theory]
    [InlineData("sha256:12")]
    [InlineData("nonsense")]
    public async Task That_tells_no_digest_gives_none(string claimed)
    {
        var resolver = Resolver(new RegistryOptions { Host = "registry.example" });
        _answers.To = _ =>
        {
            var response = new HttpResponseMessage();
            response.Headers.Add("Docker-Content-Digest", claimed);
            return response;
        };

        (await resolver.ResolveAsync(Image, "1", Stop)).ShouldBeNull();
    }

    [Theory]
    [InlineData("no address", null)]
    [InlineData("https://registry.example/token", "<html>")]
    public async Task Whose_token_service_talks_nonsense_is_asked_again_later(string realm, string? answer)
    {
        var resolver = Resolver(new RegistryOptions { Host = "registry.example" });
        _answers.To = call => call.RequestUri!.AbsolutePath == "/token" ? new HttpResponseMessage { Content = new StringContent(answer!) } : Challenge(realm);

        await Should.ThrowAsync<HttpRequestException>(() => resolver.ResolveAsync(Image, "1", Stop));
    }

    private DigestResolver Resolver(params RegistryOptions[] registries) =>
        new(new HttpClient(_answers, disposeHandler: false), new WebhookOptions { Registries = [.. registries] }, new RegistryCircuitBreaker(_clock));

    private static string Of(char digit) => $"sha256:{new string(digit, 64)}";

    private static HttpResponseMessage Digest(char digit)
    {
        var response = new HttpResponseMessage();
        response.Headers.Add("Docker-Content-Digest", Of(digit));
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

        public List<string> Addresses { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Addresses.Add(request.RequestUri!.AbsoluteUri);
            Calls.Add((request.RequestUri!.Host, request.Headers.Authorization));
            return Task.FromResult(To(request));
        }
    }
}
