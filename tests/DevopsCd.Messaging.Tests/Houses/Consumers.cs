namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>Does what the script says, inside the outbox.</summary>
public sealed class WorkConsumer(Script script, ShopDbContext db, IPublishEndpoint publish) : IConsumer<Work>
{
    public Task Consume(ConsumeContext<Work> context)
    {
        script.CountWork();
        return script.OnWork(context, db, publish);
    }
}

/// <summary>Notes what came out, without an outbox.</summary>
public sealed class Observer(Script script) : IConsumer<Done>, IConsumer<ParcelMoved>, IConsumer<Fault<Work>>
{
    public Task Consume(ConsumeContext<Done> context)
    {
        script.Done.Enqueue(context);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<ParcelMoved> context)
    {
        script.Moved.Enqueue(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<Fault<Work>> context)
    {
        script.Faults.Enqueue(context.Message);
        return Task.CompletedTask;
    }
}
