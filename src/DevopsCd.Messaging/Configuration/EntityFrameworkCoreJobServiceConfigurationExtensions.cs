using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace MassTransit;

/// <summary>Job consumers whose sagas are kept by EF Core, without a container.</summary>
public static class EntityFrameworkCoreJobServiceConfigurationExtensions
{
    /// <summary>Keeps the three sagas of the job service in a DbContext that maps them, each locked while it changes.</summary>
    /// <param name="configurator">The job service.</param>
    /// <param name="contextFactory">Makes a context; it has to map <see cref="JobTypeSaga" />, <see cref="JobSaga" /> and <see cref="JobAttemptSaga" />.</param>
    /// <param name="lockStatementProvider">How a row is locked; unless told, in the way of the context's database.</param>
    public static void UseEntityFrameworkCoreSagaRepository(this IJobServiceConfigurator configurator, Func<DbContext> contextFactory,
        ILockStatementProvider? lockStatementProvider = null)
    {
        ArgumentNullException.ThrowIfNull(configurator);
        configurator.Repository = EntityFrameworkSagaRepository<JobTypeSaga>.CreatePessimistic(contextFactory, lockStatementProvider);
        configurator.JobRepository = EntityFrameworkSagaRepository<JobSaga>.CreatePessimistic(contextFactory, lockStatementProvider);
        configurator.JobAttemptRepository = EntityFrameworkSagaRepository<JobAttemptSaga>.CreatePessimistic(contextFactory, lockStatementProvider);
    }
}
