using System.Reflection;

namespace DevopsCd.Host.Tests.HouseRules;

public sealed class The_contracts
{
    private static readonly Type[] s_types = [.. Assembly.Load("DevopsCd.Contracts").GetExportedTypes()];

    [Fact]
    public void Live_in_a_frozen_namespace() =>
        s_types.Where(type => type.Namespace is not ("DevopsCd.Contracts" or "DevopsCd.Contracts.Api")).ShouldBeEmpty();

    [Fact]
    public void Keep_messages_and_bodies_apart() =>
        s_types.Where(Misplaced).ShouldBeEmpty("the namespace is the wire name: bodies of HTTP belong to Api, messages do not");

    [Fact]
    public void Are_sealed() => s_types.Where(type => type is { IsClass: true, IsSealed: false }).ShouldBeEmpty();

    [Theory]
    [InlineData("Command")]
    [InlineData("Dto")]
    [InlineData("Event")]
    [InlineData("Message")]
    public void Have_no_suffix(string suffix) => s_types
        .Where(type => type.Namespace == "DevopsCd.Contracts" && type.Name.EndsWith(suffix, StringComparison.Ordinal))
        .ShouldBeEmpty();

    // A file under Api/ with a message's namespace would be published under that name, and the other way round.
    private static bool Misplaced(Type type)
    {
        var file = new Room("DevopsCd.Contracts").Code().SingleOrDefault(file => file.Name == $"{type.Name}.cs");
        return file is not null && file.RelativePath.Contains("/Api/", StringComparison.Ordinal) != (type.Namespace == "DevopsCd.Contracts.Api");
    }
}
