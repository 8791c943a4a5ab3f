using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Where the saga repository gets its DbContext from.</summary>
public interface ISagaDbContextFactory<out TSaga>
    where TSaga : class, ISaga
{
    /// <summary>A context outside of any message.</summary>
    DbContext Create();

    /// <summary>The context of the message's scope.</summary>
    DbContext CreateScoped<T>(ConsumeContext<T> context)
        where T : class;

    /// <summary>Gives a context back.</summary>
    ValueTask ReleaseAsync(DbContext dbContext);
}
