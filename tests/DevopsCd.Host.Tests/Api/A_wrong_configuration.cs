using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_wrong_configuration
{
    [Fact]
    public async Task Stops_the_start_with_one_message_that_names_every_wrong_key_and_no_secret()
    {
        await using var host = new HostProcess("wrong", HostSettings.Embedded()
            .With("core__scan_interval", "30")
            .With("core__deploy__concurrent_apps", "0")
            .With("core__deploy__retry_backoff", "sometimes")
            .With("core__deploy__driver", "http")
            .With("core__k8s__api_key", "very-secret-key")
            .With("core__notification__provider", "pigeon")
            .With("core__storage__provider", "postgres")
            .With("core__storage__connection_string", "Password=very-secret-word")
            .With("core__transport", "rabbitmq")
            .With("core__transport_", "rabbitmq")
            .With("core__rabbitmq__tls__certificate", "/a.pfx")
            .With("core__log__format", "xml")
            .With("core__intake__rate_limit", "many")
            .With("core__rabbitmq__url", "http://me:very-secret-pass@host"));

        host.Launch();
        await Eventually.IsTrue(() => !host.IsRunning, "the host has stopped", TimeSpan.FromSeconds(60));

        await Eventually.IsTrue(() => host.LogTail.Contains("core:rabbitmq:url", StringComparison.Ordinal), "its last words are read");
        foreach (var key in (string[])["core:scan_interval", "core:deploy:concurrent_apps", "core:deploy:retry_backoff", "core:k8s:base_url",
            "core:notification:provider", "core:storage:connection_string", "core:rabbitmq:url", "core:log:format", "core:intake:rate_limit",
                "core:transport_ is not known; did you mean core:transport?", "core:rabbitmq:tls:certificate is not known"])
            host.LogTail.ShouldContain(key);
        host.LogTail.ShouldContain("must be 1..64");
        host.LogTail.ShouldContain("exponential, linear");
        host.LogTail.ShouldNotContain("very-secret");
        host.LogTail.ShouldNotContain("   at ");
        host.LogTail.Split("The configuration is wrong").Length.ShouldBe(2, "one message");
    }
}
