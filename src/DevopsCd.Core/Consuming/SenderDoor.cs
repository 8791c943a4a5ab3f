using DevopsCd.Contracts;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Consuming;

/// <summary>
/// The check of rights in front of messages that carry no event of a batch: reports of builds, of deployments, of gates. What is refused is parked, so
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
        NeededRight? needed = null;
        foreach (var rights in scope.ServiceProvider.GetServices<IMessageRights>())
            needed ??= await rights.OfAsync(context, context.CancellationToken);
        var (message, permission, concerned) = needed ?? await NeededAsync(context, projects);
        if (await door.LookAsync(sender, permission, concerned, null, context.CancellationToken) is not { } refused)
            return;
        var project = concerned.FirstOrDefault() ?? Projects.All;
        scope.ServiceProvider.GetRequiredService<AccessJournal>()
            .Denied(new AccessOrigin(sender, "message"), message, permission, project == Projects.All ? null : project);
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().SaveChangesAsync(context.CancellationToken);
        throw new MessageRefusedException($"{message}: {refused.Reason}");
    }

    /// <summary>What nobody but the engine sends needs a right that only who may do everything has.</summary>
    private static async Task<NeededRight> NeededAsync(ConsumeContext context, ProjectsOf projects)
    {
        if (context.TryGetMessage<BuildCompleted>(out var build))
            return new(nameof(BuildCompleted), Permissions.BuildReport,
                [await projects.ApplicationAsync(build.Message.Application, context.CancellationToken) ?? Projects.Default]);
        if (context.TryGetMessage<DeploymentReported>(out var report))
            return new(nameof(DeploymentReported), Permissions.DeploymentReport,
                [(await projects.OperationAsync(report.Message.OperationId, context.CancellationToken))?.Project ?? Projects.Default]);
        if (context.TryGetMessage<DeployApplication>(out var deploy))
            return await projects.OperationAsync(deploy.Message.OperationId, context.CancellationToken) is var (project, stage)
                ? new(nameof(DeployApplication), BatchEventTypes.All.First(type => type.Stage == stage && type.StageEffect == StageEffect.Begins).Permission!,
                    [project])
                : new(nameof(DeployApplication), Permissions.DeployPre, [Projects.Default]);
        return new(context.SupportedMessageTypes.FirstOrDefault() ?? "message", Permissions.AccessManage, [Projects.All]);
    }
}
