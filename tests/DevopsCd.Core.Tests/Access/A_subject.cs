using DevopsCd.Core.Access;

namespace DevopsCd.Core.Tests.Access;

public sealed class A_subject
{
    [Theory]
    [InlineData("user:alice", SubjectKind.User, "alice")]
    [InlineData("group:release team", SubjectKind.Group, "release team")]
    [InlineData("workload:github:shop/web", SubjectKind.Workload, "github:shop/web")]
    [InlineData("amqp:ci", SubjectKind.Amqp, "ci")]
    public void Is_read_as_it_is_written(string id, object kind, string name)
    {
        Subject.TryParse(id, out var readKind, out var readName).ShouldBeTrue();

        (readKind, readName).ShouldBe(((SubjectKind)kind, name));
        new Subject(readKind, readName).Id.ShouldBe(id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("user:")]
    [InlineData("user: alice")]
    [InlineData(":alice")]
    [InlineData("User:alice")]
    [InlineData("person:alice")]
    public void Is_not_read_from_anything_else(string? id) => Subject.TryParse(id, out _, out _).ShouldBeFalse();

    [Fact]
    public void Counts_as_the_person_behind_a_token()
    {
        var token = new Subject(SubjectKind.Token, "4711") { Person = "alice" };

        token.Id.ShouldBe("token:4711");
        token.DecidedBy.ShouldBe(Subject.User("alice").DecidedBy);
        token.Operator.ShouldBe("alice");
    }

    [Fact]
    public void Is_named_by_its_kind_where_no_person_is_behind_it() => new Subject(SubjectKind.Token, "4711").Operator.ShouldBe("token:4711");
}
