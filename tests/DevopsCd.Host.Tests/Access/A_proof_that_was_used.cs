using DevopsCd.Host.Access.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Host.Tests.Access;

/// <summary>Instances that share a database.</summary>
public sealed class A_proof_that_was_used
{
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Is_worth_nothing_at_any_instance()
    {
        await using var database = await AccessDatabase.Create();

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Take(database, "passkey", "answer")));

        taken.Count(isFirst => isFirst).ShouldBe(1);
        (await Take(database, "passkey", "answer")).ShouldBeFalse();
        (await Take(database, "passkey", "another")).ShouldBeTrue();
        (await Take(database, "code of ann", "answer")).ShouldBeTrue();
    }

    [Fact]
    public async Task Is_forgotten_once_nobody_would_take_it()
    {
        await using var database = await AccessDatabase.Create();
        await Take(database, "passkey", "answer");

        _clock.Advance(s_life);
        await Take(database, "passkey", "another");

        await using var db = database.Open();
        (await db.UsedProofs.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
    }

    private async Task<bool> Take(AccessDatabase database, string kind, string proof)
    {
        await using var db = database.Open();
        return await new UsedProofs(db, _clock).TakeAsync(kind, proof, s_life, TestContext.Current.CancellationToken);
    }
}
