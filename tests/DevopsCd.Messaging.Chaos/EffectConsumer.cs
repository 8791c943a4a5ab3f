using MassTransit;

namespace DevopsCd.Messaging.Chaos;

/// <summary>Stores each effect behind the inbox: with the same message id twice, it stores it once.</summary>
internal sealed class EffectConsumer(ChaosDb db) : IConsumer<Poked>
{
    public async Task Consume(ConsumeContext<Poked> context)
    {
        db.Add(new EffectRow { PokeId = context.Message.PokeId, Outcome = context.Message.Outcome });
        await db.SaveChangesAsync(context.CancellationToken);
    }
}
