using DevopsCd.Core.Configuration;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Tests.Notifications;

public sealed class The_configuration_of_notifications
{
    [Fact]
    public void Reads_the_seeds_keys()
    {
        var options = Read(("provider", "lark, log"), ("lark_webhook", "https://open.feishu.cn/open-apis/bot/v2/hook/t"), ("lark_secret", "s"),
            ("digest_interval", "30s"), ("channels:0:name", "ops"), ("channels:0:type", "slack"), ("channels:0:url", "https://hooks.slack.com/services/a"));

        options.AllChannels().Select(c => (c.Name, c.Type)).ShouldBe([("lark", "lark"), ("log", "log"), ("ops", "slack")]);
        options.AllChannels().First().Secret.ShouldBe("s");
        options.DigestInterval.Value.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Starts_with_the_log_alone_when_nothing_is_written() => Read().AllChannels().Select(c => c.Name).ShouldBe(["log"]);

    [Fact]
    public void Has_no_channels_when_switched_off() => Read(("enabled", "false"), ("provider", "lark")).AllChannels().ShouldBeEmpty();

    [Fact]
    public void Stops_the_start_at_an_unknown_channel_and_lists_the_known_ones() => Problems(("provider", "carrier-pigeon"))
        .ShouldBe(["core:notification:provider 'carrier-pigeon' unknown; known: lark, dingtalk, wecom, slack, teams, email, webhook, cdevents, log"]);

    private static readonly Dictionary<string, ProjectPolicy> s_noPolicies = [];

    [Fact]
    public void Lets_a_project_choose_its_channels()
    {
        var options = Read(("channels:0:name", "shop-chat"), ("channels:0:type", "slack"), ("channels:0:url", "https://hooks.slack.com/services/a"),
            ("channels:1:name", "ops"), ("channels:1:type", "log"), ("default_channels", "log"), ("projects:shop", "shop-chat, ops"));

        var choice = new ChannelChoice(options);

        choice.For("shop", s_noPolicies).ShouldBe(["shop-chat", "ops"]);
        choice.For("SHOP", s_noPolicies).ShouldBe(["shop-chat", "ops"], "configuration knows no case");
        choice.For("pay", s_noPolicies).ShouldBe(["log"]);
        choice.For(null, s_noPolicies).ShouldBe(["log"]);
        new ChannelChoice(Read(("provider", "log,cdevents"))).For("shop", s_noPolicies).ShouldBe(["log", "cdevents"], "without a choice everybody is told");
        new ChannelChoice(Read(("enabled", "false"), ("default_channels", "log"), ("projects:shop", "log"))).For("shop", s_noPolicies).ShouldBeEmpty();
    }

    [Fact]
    public void Stops_the_start_at_a_choice_of_channels_that_are_not_configured() =>
        Problems(("projects:shop", "log, pigeon"), ("projects:pay", ","), ("default_channels", "owl")).ShouldBe(
    [
        "core:notification:default_channels 'owl' unknown; configured: log",
        "core:notification:projects:pay must name channels; configured: log",
        "core:notification:projects:shop 'pigeon' unknown; configured: log"
    ]);

    [Fact]
    public void Names_every_wrong_key_at_once_and_repeats_no_secret()
    {
        var problems = Problems(("provider", "lark"), ("retry_count", "1000"), ("time_zone", "Middle/Earth"),
            ("channels:0:name", "a"), ("channels:0:type", "slack"),
            ("channels:1:name", "a"), ("channels:1:type", "teams"), ("channels:1:url", "http://teams.example.com/canary-secret"),
            ("channels:2:name", "mail"), ("channels:2:type", "email"), ("channels:2:password", "canary-secret"));

        problems.ShouldContain("core:notification:lark_webhook is required for the provider 'lark'");
        problems.ShouldContain("core:notification:retry_count must be 0..100");
        problems.ShouldContain(p => p.StartsWith("core:notification:time_zone 'Middle/Earth' unknown"));
        problems.ShouldContain("core:notification:channels:0:url is required for the type 'slack'");
        problems.ShouldContain("core:notification address of channel 'a' must be https (core:notification:allow_http lets it be http)");
        problems.ShouldContain("core:notification two channels have the name 'a'");
        problems.ShouldContain("core:notification:channels:2:host is required for the type 'email'");
        problems.ShouldContain("core:notification:channels:2:to must list mail addresses");
        problems.ShouldNotContain(p => p.Contains("canary-secret"));
    }

    private static IReadOnlyList<string> Problems(params (string Key, string Value)[] settings) =>
        Should.Throw<WrongConfigurationException>(() => Read(settings)).Errors;

    private static NotificationOptions Read(params (string Key, string Value)[] settings)
    {
        var reader = new ConfigurationReader(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"core:notification:{s.Key}", (string?)s.Value))).Build());
        var options = NotificationOptions.Read(reader);
        reader.ThrowIfWrong();
        return options;
    }
}
