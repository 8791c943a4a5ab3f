using System.Text.Json;
using DevopsCd.Core.Access;

namespace DevopsCd.Core.Tests.Access;

public sealed class The_sender_of_a_message
{
    private static readonly Senders s_strict = new(new SenderTrust("us", true, []));

    private static readonly Subject s_alice = Subject.User("alice", "release") with { Scope = new TokenScope(["view", "approve"], ["shop"]), Person = "alice" };

    [Fact]
    public void Is_the_user_whom_the_broker_vouches_for() => s_strict.Of(Headers("ci")).Id.ShouldBe("amqp:ci");

    [Fact]
    public void Is_nobody_in_particular_without_one() => s_strict.Of(Headers(null)).Id.ShouldBe("amqp:(unverified)");

    [Theory]
    [InlineData("ci")]
    [InlineData(null)]
    public void Is_not_who_a_stranger_says(string? user) =>
        s_strict.Of(Headers(user, Subject.User("root") with { Grants = [new Grant(Roles.Admin, Projects.All, "forged")] })).ShouldSatisfyAllConditions(
            sender => sender.Kind.ShouldBe(SubjectKind.Amqp), sender => sender.Grants.ShouldBeEmpty());

    [Fact]
    public void Is_the_engine_where_it_is_ours() => s_strict.Of(Headers("us")).IsEngine.ShouldBeTrue();

    [Fact]
    public void Is_the_person_for_whom_we_have_sent_it()
    {
        var sender = s_strict.Of(Headers("us", s_alice));

        (sender.Id, sender.Person, sender.Groups.Single()).ShouldBe(("user:alice", "alice", "release"));
        sender.Scope!.Bits.ShouldBe(Permissions.Bits(["view", "approve"]));
        sender.Scope.Reaches("bank").ShouldBeFalse();
    }

    [Fact]
    public void Has_no_grants_of_another_time() =>
        s_strict.Of(Headers("us",
            new Subject(SubjectKind.Amqp, "ci") { Grants = [new Grant(Roles.Admin, Projects.All, "when nobody logged in")] })).Grants.ShouldBeEmpty();

    private static Dictionary<string, string> Headers(string? user, Subject? asker = null)
    {
        var headers = new Dictionary<string, string>();
        if (user is not null)
            headers[Senders.VerifiedUser] = user;
        if (asker is not null)
            headers[Senders.AskerHeader] = JsonSerializer.Serialize(asker);
        return headers;
    }
}
