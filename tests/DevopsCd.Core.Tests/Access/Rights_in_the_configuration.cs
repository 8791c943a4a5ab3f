using DevopsCd.Core.Access;
using DevopsCd.Core.Configuration;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Tests.Access;

public sealed class Rights_in_the_configuration
{
    [Fact]
    public void Are_read_by_their_keys()
    {
        var settings = Read(
            ("core:auth:roles:shipper:0", "view"), ("core:auth:roles:shipper:1", "deploy_prod"),
            ("core:auth:bindings:0:subject", "group:ops"), ("core:auth:bindings:0:role", "shipper"), ("core:auth:bindings:0:project", "*"));

        new RoleBook(settings).Find("shipper")!.Permissions.ShouldBe([Permissions.View, Permissions.DeployProd]);
        settings.Bindings.ShouldHaveSingleItem().Subject.ShouldBe("group:ops");
    }

    [Theory]
    [InlineData("core:auth:roles:shipper:0", "deploy", "core:auth:roles:shipper has 'deploy', which is not a permission; known: view, ")]
    [InlineData("core:auth:roles:admin:0", "view", "core:auth:roles:admin is a built-in role")]
    [InlineData("core:auth:roles:Shipper:0", "view", "core:auth:roles:Shipper must be named by")]
    [InlineData("core:auth:bindings:0:subject", "alice", "core:auth:bindings:0:subject must be one of user:<name>")]
    [InlineData("core:auth:bindings:0:subject", "system:engine", "core:auth:bindings:0:subject must be one of user:<name>")]
    [InlineData("core:auth:bindings:0:role", "boss", "core:auth:bindings:0:role must be one of: viewer, developer")]
    [InlineData("core:auth:bindings:0:project", "Shop", "core:auth:bindings:0:project must be * or the name of a project")]
    public void Stop_the_start_when_they_are_wrong(string key, string value, string told)
    {
        var settings = Read(("core:auth:bindings:0:subject", "user:alice"), ("core:auth:bindings:0:role", "viewer"), ("core:auth:bindings:0:project", "shop"),
            (key, value));

        settings.Problems().Select(p => $"{p.Key} {p.Allowed}").ShouldHaveSingleItem().ShouldStartWith(told);
    }

    private static AccessOptions Read(params IEnumerable<(string Key, string Value)> settings)
    {
        var values = new Dictionary<string, string?>();
        foreach (var (key, value) in settings)
            values[key] = value;
        var reader = new ConfigurationReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        var options = reader.Read<AccessOptions>(AccessOptions.Section);
        reader.ThrowIfWrong();
        return options;
    }
}
