using DevopsCd.Contracts;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Consuming;

/// <summary>
/// The check of rights in front of messages that carry no event of a batch: reports of builds and deployments. What is refused is parked, so
/// that nothing is lost for a binding that comes a little later, and stands in the audit of access.
/// </summary>
internal sealed class SenderDoor(Senders senders, AccessDoor door, IServiceScopeFactory scopes) : IFilter<ConsumeContext>
{
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (senders.Of(context) is { IsEngine: false } sender)
            await DatabaseRetry.RunAsync(async () =>
            {
                await CheckAsync(context, sender);
                return true;
            }, context.CancellationToken);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("senderDoor");

    private async Task CheckAsync(ConsumeContext context, Subject sender)
    {
        await using var scope = scopes.CreateAsyncScope();
        sender = await scope.ServiceProvider.GetRequiredService<IKnownSubjects>().NowAsync(sender, context.CancellationToken);
        var projects = scope.ServiceProvider.GetRequiredService<ProjectsOf>();
        var (message, permission, project) = await NeededAsync(context, projects);
        if (await door.LookAsync(sender, permission, [project], null, context.CancellationToken) is not { } refused)
            return;
        scope.ServiceProvider.GetRequiredService<AccessJournal>()
            .Denied(new AccessOrigin(sender, "message"), message, permission, project == Projects.All ? null : project);
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().SaveChangesAsync(context.CancellationToken);
        throw new MessageRefusedException($"{message}: {refused.Reason}");
    }

    /// <summary>What nobody but the engine sends needs a right that only who may do everything has.</summary>
    private static async Task<(string Message, string Permission, string Project)> NeededAsync(ConsumeContext context, ProjectsOf projects)
    {
        if (context.TryGetMessage<BuildCompleted>(out var build))
            return (nameof(BuildCompleted), Permissions.BuildReport,
                await projects.ApplicationAsync(build.Message.Application, context.CancellationToken) ?? Projects.Default);
        if (context.TryGetMessage<DeploymentReported>(out var report))
            return (nameof(DeploymentReported), Permissions.DeploymentReport,
                (await projects.OperationAsync(report.Message.OperationId, context.CancellationToken))?.Project ?? Projects.Default);
        if (context.TryGetMessage<DeployApplication>(out var deploy))
            return await projects.OperationAsync(deploy.Message.OperationId, context.CancellationToken) is var (project, stage)
                ? (nameof(DeployApplication), BatchEventTypes.All.First(type => type.Stage == stage && type.StageEffect == StageEffect.Begins).Permission!,
                    project)
                : (nameof(DeployApplication), Permissions.DeployPre, Projects.Default);
        return (context.SupportedMessageTypes.FirstOrDefault() ?? "message", Permissions.AccessManage, Projects.All);
    }
}
