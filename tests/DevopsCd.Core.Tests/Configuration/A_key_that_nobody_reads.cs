using DevopsCd.Core.Configuration;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Tests.Configuration;

public sealed class A_key_that_nobody_reads
{
    [Theory]
    [InlineData("core:deploy:concurent_apps", "core:deploy:concurent_apps is not known; did you mean core:deploy:concurrent_apps?")]
    [InlineData("core:transport_", "core:transport_ is not known; did you mean core:transport?")]
    [InlineData("core:deplyo:concurrent_apps", "core:deplyo is not known; did you mean core:deploy?")]
    [InlineData("core:concurrent_apps", "core:concurrent_apps is not known; did you mean core:deploy:concurrent_apps?")]
    [InlineData("core:notification:chanels:0:name", "core:notification:chanels is not known; did you mean core:notification:channels?")]
    [InlineData("core:notification:channels:0:adress", "core:notification:channels:0:adress is not known; known: check_revocation, ")]
    [InlineData("core:intake:rules:0:aplication", "core:intake:rules:0:aplication is not known; did you mean core:intake:rules:0:application?")]
    [InlineData("core:intake:sources:github:secrts:0", "core:intake:sources:github:secrts is not known; did you mean core:intake:sources:github:secrets?")]
    [InlineData("core:intake:registries:0:user", "core:intake:registries:0:user is not known; ")]
    [InlineData("core:wholly_new", "core:wholly_new is not known; known: archive, auth, deploy, ")]
    [InlineData("cor:deploy:concurrent_apps", "cor:deploy:concurrent_apps is not read; did you mean core:deploy:concurrent_apps?")]
    [InlineData("core_deploy_concurrent_apps", "core_deploy_concurrent_apps is not read; did you mean core:deploy:concurrent_apps?")]
    [InlineData("Core.Transport", "Core.Transport is not read; did you mean core:transport?")]
    public void Stops_the_start_with_the_nearest_one(string key, string told) =>
        Errors((key, "1")).ShouldContain(error => error.StartsWith(told, StringComparison.Ordinal));

    [Theory]
    [InlineData("core:deploy", "5", "core:deploy is a section")]
    [InlineData("core:notification:channels", "lark", "core:notification:channels is a list: write core:notification:channels:0, core:notification:channels:1, …")]
    [InlineData("core:intake:sources", "github", "core:intake:sources is a section: write core:intake:sources:<name>")]
    [InlineData("core:scan_interval:seconds", "5", "core:scan_interval is one value; core:scan_interval:seconds is below it")]
    public void Stops_it_where_a_section_and_a_value_are_taken_for_each_other(string key, string value, string told) =>
        Errors((key, value)).ShouldContain(error => error.StartsWith(told, StringComparison.Ordinal));

    [Fact]
    public void Is_told_together_with_all_the_others_and_with_every_wrong_value() => Errors(
        ("core:deploy:concurent_apps", "5"), ("core:deploy:concurrent_apps", "0"), ("core:k8s:url", "http://x"),
        ("core:intake:rate_limit", "many"), ("core:intake:retention", "long"), ("core:intake:rules:0:aplication", "shop"),
            ("core:intake:rules:1:application", "pay"),
        ("core:notification:channels:0:name", "mail"), ("core:notification:channels:0:type", "email"), ("core:notification:channels:0:port", "smtp"),
            ("core:notification:channels:0:secret", "canary"))
        .Select(error => error.Split(' ')[0]).ShouldBe(
        [
            "core:deploy:concurrent_apps", "core:intake:rate_limit", "core:intake:retention", "core:intake:rules:0:application",
                "core:notification:channels:0:port",
            "core:deploy:concurent_apps", "core:k8s:url", "core:intake:rules:0:aplication",
            "core:notification:channels:0:host", "core:notification:channels:0:from", "core:notification:channels:0:to"
        ], ignoreOrder: true);

    [Fact]
    public void Is_not_made_of_what_an_environment_holds_for_others() => Should.NotThrow(() => Read(
        ("CORE_SERVICE_HOST", "10.0.0.1"), ("CORE_PORT_80_TCP", "tcp://10.0.0.1:80"), ("CORES", "4"), ("SCORE", "7"), ("Logging:LogLevel:Default", "Debug"),
            ("TRANSPORT", "ship"),
        ("core:deploy:concurrent_apps", "7"), ("CORE:Transport", "in-memory"), ("core:notification:projects:any name", "log"))).Deploy.ConcurrentApps.ShouldBe(
            7);

    private static IReadOnlyList<string> Errors(params (string Key, string Value)[] settings) =>
        Should.Throw<WrongConfigurationException>(() => Read(settings)).Errors;

    private static CoreSettings Read(params (string Key, string Value)[] settings)
    {
        var reader = new ConfigurationReader(
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
        return CoreSettings.Read(reader);
    }
}
