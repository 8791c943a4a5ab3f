namespace DevopsCd.Host.Tests.HouseRules;

/// <summary>Left may know right: Host → Core → Messaging; Host, Core, DeployService, Cli → Contracts. Nothing else.</summary>
public sealed class The_doors_between_rooms
{
    private const string Host = "DevopsCd.Host", Core = "DevopsCd.Core", Messaging = "DevopsCd.Messaging",
        Contracts = "DevopsCd.Contracts", DeployService = "DevopsCd.DeployService", Cli = "DevopsCd.Cli";

    private static readonly Dictionary<string, string[]> s_open = new()
    {
        [Host] = [Core, Messaging, Contracts],
        [Core] = [Messaging, Contracts],
        [Messaging] = [],
        [Contracts] = [],
        [DeployService] = [Contracts],
        [Cli] = [Contracts],
    };

    /// <summary>What a room must not know: a package, an assembly or a namespace, and all that begins with it.</summary>
    private static readonly (string Room, string Forbidden)[] s_closed =
    [
        (Host, "DevopsCd.DeployService"),
        (Host, "DevopsCd.Cli"),
        (Host, "KubernetesClient"),
        (Host, "k8s"),
        (Core, "DevopsCd.Host"),
        (Core, "DevopsCd.DeployService"),
        (Core, "KubernetesClient"),
        (Core, "k8s"),
        (Core, "MassTransit.RabbitMQ"),
        (Core, "MassTransit.RabbitMqTransport"),
        (Core, "Microsoft.AspNetCore"),
        (Core, "RabbitMQ.Client"),
        (Core, "Serilog"),
        (Messaging, "DevopsCd.Contracts"),
        (Messaging, "DevopsCd.Core"),
        (Messaging, "DevopsCd.Host"),
        (Messaging, "KubernetesClient"),
        (Messaging, "MassTransit.RabbitMQ"),
        (Messaging, "MassTransit.RabbitMqTransport"),
        (Messaging, "Microsoft.AspNetCore"),
        (Messaging, "RabbitMQ.Client"),
        (Messaging, "Serilog"),
        (Contracts, "DevopsCd.Core"),
        (Contracts, "MassTransit"),
        (Contracts, "Microsoft.AspNetCore"),
        (Contracts, "Microsoft.EntityFrameworkCore"),
        (Contracts, "Microsoft.Extensions"),
        (DeployService, "DevopsCd.Core"),
        (DeployService, "DevopsCd.Host"),
        (DeployService, "DevopsCd.Messaging"),
        (DeployService, "MassTransit"),
        (DeployService, "Microsoft.EntityFrameworkCore"),
        (DeployService, "Npgsql"),
        (DeployService, "Quartz"),
        (Cli, "DevopsCd.Core"),
        (Cli, "DevopsCd.Host"),
        (Cli, "DevopsCd.Messaging"),
        (Cli, "KubernetesClient"),
        (Cli, "MassTransit"),
        (Cli, "Microsoft.EntityFrameworkCore"),
        (Cli, "Npgsql"),
        (Cli, "RabbitMQ.Client"),
    ];

    public static TheoryData<string> Rooms => [.. Room.All()];

    /// <summary>The rows whose room is in the tree.</summary>
    public static TheoryData<string, string> ClosedDoors => [.. s_closed.Where(door => Room.All().Contains(door.Room))];

    [Theory]
    [MemberData(nameof(ClosedDoors))]
    public void Stay_closed(string room, string forbidden)
    {
        var seen = new Room(room);

        Within(seen.References(), forbidden).ShouldBeEmpty($"{room}.csproj refers to {forbidden}");
        Within(seen.AssemblyReferences(), forbidden).ShouldBeEmpty($"{room}.dll refers to {forbidden}");
        seen.Naming(forbidden).ShouldBeEmpty($"{room} names {forbidden}");
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Lead_only_where_the_house_says(string room)
    {
        s_open.ShouldContainKey(room, $"{room} is a new room: say in this table which doors it has");

        new Room(room).ProjectReferences().Except(s_open[room]).ShouldBeEmpty();
    }

    [Fact]
    public void Leave_the_contracts_without_any_package() => new Room(Contracts).References().ShouldBeEmpty();

    [Fact]
    public void Are_seen_by_these_tests()
    {
        new Room(Core).AssemblyReferences().ShouldContain("DevopsCd.Contracts");
        new Room(Core).References().ShouldContain("DevopsCd.Messaging");
        new Room(Host).Naming("Microsoft.AspNetCore").Concat(new Room(Host).Naming("WebApplication")).ShouldNotBeEmpty();
    }

    private static IEnumerable<string> Within(IEnumerable<string> names, string forbidden) =>
        names.Where(name => name == forbidden || name.StartsWith($"{forbidden}.", StringComparison.Ordinal));
}
