namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>Registered, moved any number of times, closed or forgotten.</summary>
public sealed class ParcelStateMachine : MassTransitStateMachine<Parcel>
{
    public ParcelStateMachine()
    {
        InstanceState(parcel => parcel.State);
        Event(() => Register, e =>
        {
            e.CorrelateById(context => context.Message.ParcelId);
            e.InsertOnInitial = true;
            e.SetSagaFactory(context => new Parcel { CorrelationId = context.Message.ParcelId });
        });
        Event(() => Move, e =>
        {
            e.CorrelateById(context => context.Message.ParcelId);
            e.OnMissingInstance(missing => missing.Discard());
        });
        Event(() => Ask, e =>
        {
            e.CorrelateById(context => context.Message.ParcelId);
            e.ReadOnly = true;
            e.OnMissingInstance(missing => missing.ExecuteAsync(context => context.RespondAsync(new ParcelStanding { Moves = -1 })));
        });
        Event(() => Forget, e => e.CorrelateById(context => context.Message.ParcelId));
        Event(() => Close, e => e.CorrelateBy((parcel, context) => parcel.Station == context.Message.Station && parcel.State == "Moving"));

        Initially(When(Register).Activity(x => x.OfInstanceType<RecordParcel>()).TransitionTo(Moving));
        During(Moving,
            Ignore(Register),
            When(Move).Then(context => context.Saga.Moves++).Activity(x => x.OfInstanceType<RecordParcel>()),
            When(Ask).Then(context => context.Saga.Moves += 1_000)
                .RespondAsync(context => context.Init<ParcelStanding>(new { context.Message.ParcelId, Moves = context.Saga.Moves - 1_000 })),
            When(Close).TransitionTo(Closed),
            When(Forget).Finalize());
        SetCompletedWhenFinalized();
    }

    public State Moving { get; } = null!;

    public State Closed { get; } = null!;

    public Event<RegisterParcel> Register { get; } = null!;

    public Event<MoveParcel> Move { get; } = null!;

    public Event<AskParcel> Ask { get; } = null!;

    public Event<ForgetParcel> Forget { get; } = null!;

    public Event<CloseStation> Close { get; } = null!;
}

/// <summary>Writes the audit with the context of the scope, and publishes with the scope's endpoint, as the product's activities do.</summary>
public sealed class RecordParcel(ShopDbContext db, IPublishEndpoint publish) : IStateMachineActivity<Parcel>
{
    public async Task Execute(BehaviorContext<Parcel> context, IBehavior<Parcel> next)
    {
        await Record(context);
        await next.Execute(context);
    }

    public async Task Execute<T>(BehaviorContext<Parcel, T> context, IBehavior<Parcel, T> next)
        where T : class
    {
        await Record(context);
        if (context.Message is MoveParcel { Mode: "fail" })
            throw new InvalidOperationException("The test wants this move to fail every time");
        if (context.Message is MoveParcel { Mode: "stumble" } && context.GetRetryAttempt() == 0)
            throw new InvalidOperationException("The test wants this move to stumble");
        await next.Execute(context);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<Parcel, TException> context, IBehavior<Parcel> next)
        where TException : Exception => next.Faulted(context);

    public Task Faulted<T, TException>(BehaviorExceptionContext<Parcel, T, TException> context, IBehavior<Parcel, T> next)
        where T : class
        where TException : Exception => next.Faulted(context);

    public void Probe(ProbeContext context) => context.CreateScope("recordParcel");

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    private Task Record(BehaviorContext<Parcel> context)
    {
        db.ParcelEvents.Add(new ParcelEvent
        {
            ParcelId = context.Saga.CorrelationId,
            MessageId = context.MessageId,
            Text = $"{context.Event.Name} {context.Saga.Moves}"
        });
        return publish.Publish(new ParcelMoved { ParcelId = context.Saga.CorrelationId, Moves = context.Saga.Moves });
    }
}
