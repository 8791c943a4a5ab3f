using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Gates;

/// <summary>Takes in the results of gates that come over the broker. Who may say them was checked before.</summary>
internal sealed class GateAnsweredConsumer(IServiceScopeFactory scopes, Senders senders) : IConsumer<GateAnswered>
{
    public async Task Consume(ConsumeContext<GateAnswered> context)
    {
        var said = context.Message;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<GateDesk>().ResultAsync(said.GateId,
            new GateResultBody { Result = said.Result, Reason = said.Reason, ContentHash = said.ContentHash }, By(senders.Of(context)),
                context.CancellationToken, EventSource.Message);
    }

    /// <summary>Where the broker names no users, a deploy system has said it.</summary>
    private static Subject By(Subject sender) => sender.IsEngine ? Subject.DeploySystem : sender;
}
