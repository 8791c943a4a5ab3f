using DevopsCd.Contracts;

namespace DevopsCd.Core.Tests.Engines;

public sealed class The_engine_of_the_tests
{
    [Fact]
    public async Task Brings_a_message_to_its_consumer_in_a_transaction_of_its_own()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");
        var build = Engine.BuildOf("api", "7", engine.Now);
        var id = Guid.NewGuid();

        await engine.Deliver(build, id);
        await engine.Deliver(build with { Status = BuildStatus.Failed }, id);

        (await engine.Read(db => Task.FromResult(db.Builds.ToList()))).ShouldHaveSingleItem().BuildStatus.ShouldBe(BuildStatus.Success,
            "the inbox knows the id");
    }

    [Fact]
    public async Task Throws_what_a_consumer_throws()
    {
        await using var engine = await Engine.Start();

        await Should.ThrowAsync<BatchRefusedException>(() => engine.Deliver(Engine.BuildOf("api", "7", engine.Now) with { BuildNumber = "" }));
    }

    [Fact]
    public async Task Fails_for_a_message_that_nobody_takes()
    {
        await using var engine = await Engine.Start();

        (await Should.ThrowAsync<InvalidOperationException>(() => engine.Deliver(new Stray()))).Message.ShouldContain("nobody takes Stray");
        await engine.Deliver(new CommandRejected { MessageType = "x", Reason = "for others", Fields = [] });
    }

    private sealed record Stray;
}
