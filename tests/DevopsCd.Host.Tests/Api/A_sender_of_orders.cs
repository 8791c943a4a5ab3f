using System.Text.Json;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Host.Broker;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_sender_of_orders
{
    private static readonly SenderRights s_rights = new(new BrokerOptions { Url = "amqp://us:secret@broker/", TrustedUsers = ["ci"] }, hasStrangers: true);
    private static readonly SenderRights s_unverified = new(new BrokerOptions { Url = "amqp://us:secret@broker/", RequireUserId = false }, hasStrangers: true);

    [Theory]
    [InlineData("ci", "engine")]
    [InlineData("ci", "ENGINE")]
    [InlineData("ci", "\u0435ngine")]
    [InlineData("ci", "deploy-system")]
    [InlineData("engine", "engine")]
    public void Never_appears_as_a_system_identity(string user, string name) =>
        Should.Throw<MessageRefusedException>(() => Check(s_rights, "ApproveBatch", user, name)).Fields.ShouldHaveSingleItem().Path.ShouldBe("operator");

    [Fact]
    public void Never_appears_as_one_that_only_looks_like_it_where_users_are_not_verified() =>
        Should.Throw<MessageRefusedException>(() => Check(s_unverified, "PreDeployCompleted", null, "Engine"));

    [Theory]
    [InlineData("PreDeployCompleted", "us", "engine")]
    [InlineData("PreDeployCompleted", "argo", "deploy-system")]
    [InlineData("ApproveBatch", "ci", "ann")]
    [InlineData("ApproveBatch", "ann", "ann")]
    public void Is_let_through_under_its_own_name(string contract, string user, string name) => Should.NotThrow(() => Check(s_rights, contract, user, name));

    private static void Check(SenderRights rights, string contract, string? user, string name) =>
        rights.Check(ContractCatalogue.All.Single(type => type.Name == contract), JsonSerializer.SerializeToElement(new { @operator = name }), user);
}
