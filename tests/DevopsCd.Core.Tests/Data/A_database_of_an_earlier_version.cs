using DevopsCd.Core.Applications;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DevopsCd.Core.Tests.Data;

public sealed class A_database_of_an_earlier_version
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Keeps_its_rows_and_gets_what_is_new(string provider)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateEmpty(provider);
        await using (var old = database.Open())
        {
            await old.GetService<IMigrator>().MigrateAsync(old.Database.GetMigrations().First(), cancellation);
            old.Applications.Add(new Application { Name = "user-service", CreatedAt = DateTimeOffset.UnixEpoch });
            await old.SaveChangesAsync(cancellation);
        }

        await using var db = database.Open();
        await db.Database.MigrateAsync(cancellation);

        (await db.Applications.SingleAsync(cancellation)).Name.ShouldBe("user-service");
        (await db.Batches.ToListAsync(cancellation)).ShouldBeEmpty();
        db.Database.HasPendingModelChanges().ShouldBeFalse();
    }
}
