using DevopsCd.Core.Configuration;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Tests.Configuration;

public sealed class A_setting_that_is_hardly_meant
{
    [Theory]
    [InlineData("core:deploy:driver=http core:k8s:base_url=http://deploy:8080", "core:k8s:api_key is empty")]
    [InlineData("core:deploy:driver=http core:k8s:base_url=http://deploy:8080 core:k8s:api_key=\n", "core:k8s:api_key is empty")]
    [InlineData("core:k8s:base_url=http://deploy:8080 core:k8s:api_key=canary", "core:k8s has no effect: core:deploy:driver is simulated")]
    [InlineData("core:deploy:driver=external core:k8s:api_key=canary", "core:k8s has no effect: core:deploy:driver is external")]
    [InlineData("core:intake:sources:generic:fields:image=container", "core:intake:sources:generic:secrets is empty")]
    [InlineData("core:intake:rules:0:application=shop core:intake:rules:0:source=harbor", "core:intake:rules names the source 'harbor', which is closed")]
    public void Is_told_by_its_key_and_stops_nothing(string settings, string told)
    {
        var doubts = Read(settings).Doubts;

        doubts.ShouldHaveSingleItem().ShouldStartWith(told);
        doubts[0].ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("")]
    [InlineData("core:deploy:driver=http core:k8s:base_url=http://deploy:8080 core:k8s:api_key=key")]
    [InlineData("core:intake:sources:github:secrets:0=word core:intake:rules:0:application=shop core:intake:rules:0:source=GitHub core:intake:rules:1:application=shop core:intake:rules:1:source=git*")]
    public void Is_not_seen_where_there_is_none(string settings) => Read(settings).Doubts.ShouldBeEmpty();

    [Theory]
    [InlineData("core:intake:sources:generic:fields:aplication=name", "core:intake:sources:generic:fields:aplication is not a field; did you mean application?")]
    [InlineData("core:intake:sources:github:fields:branch=ref", "core:intake:sources:github:fields:branch has no effect")]
    [InlineData("core:intake:rules:0:application=shop core:intake:rules:0:source=githb", "core:intake:rules:0:source 'githb' is not a source; did you mean github?")]
    [InlineData("core:trace_url=https://jaeger.example.com", "core:trace_url must be an address such as https://jaeger.example.com/trace/{trace_id}")]
    [InlineData("core:trace_url=javascript:{trace_id}", "core:trace_url must be an address")]
    [InlineData("core:intake:rules:0:application=shop core:intake:rules:0:except:source=bamboo", "core:intake:rules:0:except:source 'bamboo' is not a source; known: cdevents, ")]
    public void Stops_the_start_where_it_can_never_work(string settings, string told) =>
        Should.Throw<WrongConfigurationException>(() => Read(settings)).Errors.ShouldHaveSingleItem().ShouldStartWith(told);

    private static ConfigurationReader Read(string settings)
    {
        var values = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=', 2))
            .Select(s => KeyValuePair.Create(s[0], (string?)s[1]));
        var reader = new ConfigurationReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        CoreSettings.Read(reader);
        return reader;
    }
}
