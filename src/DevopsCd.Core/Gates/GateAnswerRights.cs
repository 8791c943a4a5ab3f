using DevopsCd.Contracts;
using DevopsCd.Core.Access;
using DevopsCd.Core.Consuming;
using DevopsCd.Core.Policies;
using MassTransit;

namespace DevopsCd.Core.Gates;

/// <summary>Who may say the result of a gate, by whatever door it comes.</summary>
internal sealed class GateAnswerRights(GateViews gates, ProjectsOf projects) : IMessageRights
{
    /// <summary>A receiver of webhooks is a system that reports; a manual gate is a person's to decide.</summary>
    public static string Permission(AskedGate gate) => gate.Kind == GateKind.Webhook ? Permissions.DeploymentReport : Permissions.Approve;

    public async Task<NeededRight?> OfAsync(ConsumeContext context, CancellationToken cancellationToken)
    {
        if (!context.TryGetMessage<GateAnswered>(out var answered))
            return null;
        return await gates.FindAsync(answered.Message.GateId, cancellationToken) is { } gate
            && await projects.BatchAsync(gate.BatchId, cancellationToken) is { } concerned
                ? new NeededRight(nameof(GateAnswered), Permission(gate), concerned)
                // Of no gate: whoever may report at all is told so.
                : new NeededRight(nameof(GateAnswered), Permissions.DeploymentReport, [Projects.Default]);
    }
}
