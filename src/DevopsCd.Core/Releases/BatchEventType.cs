using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Releases;

/// <summary>
/// Everything that is true of one event of a batch, whatever the state: its names, its message, who raises it, what it means.
/// Where it is legal and where it leads is the state machine's alone.
/// </summary>
internal abstract record BatchEventType
{
    /// <summary>The key in API, audit and messages, in the seed's spelling.</summary>
    public required string Key { get; init; }

    /// <summary>The Chinese label.</summary>
    public required string Label { get; init; }

    public required string EnglishLabel { get; init; }

    public required EventRaisers RaisedBy { get; init; }

    /// <summary>The permission a person or system needs for it; null for the engine's own events.</summary>
    public required string? Permission { get; init; }

    /// <summary>The stage it belongs to, if any.</summary>
    public Stage? Stage { get; init; }

    public StageEffect StageEffect { get; init; }

    public EventTone Tone { get; init; }

    /// <summary>Whether it was added to the seed's eleven.</summary>
    public bool Extension { get; init; }

    /// <summary>Whether it seals the batch: from here on the content is what will be deployed.</summary>
    public bool Seals { get; init; }

    /// <summary>What people approve by raising it, where a project's policy may ask for several of them; null where one person's word is enough.</summary>
    public ApprovalKind? Approves { get; init; }

    /// <summary>Whether it undoes the seal.</summary>
    public bool Reopens { get; init; }

    /// <summary>Whether whoever raises it has to say why.</summary>
    public bool ReasonRequired { get; init; }

    /// <summary>Whether its message belongs to the engine and is no contract with others.</summary>
    public bool Internal { get; init; }

    /// <summary>Why it is refused in a state where people expect it, if there is more to say than that it is not legal there.</summary>
    public IReadOnlyDictionary<string, Sentence> WhyNot { get; init; } = new Dictionary<string, Sentence>();

    /// <summary>Name of the state machine's event: the key in Pascal case, unless it says otherwise.</summary>
    public string MachineEvent { get => field ?? Pascal(Key); init; }

    public abstract Type MessageType { get; }

    /// <summary>Whether people and systems can raise it by its key.</summary>
    public abstract bool CanBeRequested { get; }

    /// <summary>Whether it opens a batch, instead of moving one.</summary>
    public bool Creates => MessageType == typeof(CreateBatch);

    public bool ByPerson => RaisedBy.HasFlag(EventRaisers.Person);

    public bool ByPersonAlone => RaisedBy == EventRaisers.Person;

    /// <summary>The event's message for a request; null when it cannot be requested.</summary>
    public abstract object? Compose(EventRequest request);

    /// <summary>What the message says of the event, or null when the message carries another.</summary>
    public abstract BatchEventHead? Find(ConsumeContext context);

    /// <summary>What a message of <see cref="MessageType" /> says of the event.</summary>
    public abstract BatchEventHead ReadMessage(object message);

    /// <summary>Tells the transport that a delivery of the event's message is dealt with, although no consumer has had it.</summary>
    public abstract Task SettleAsync(ConsumeContext context);

    private static string Pascal(string key) => string.Concat(key.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}

/// <inheritdoc />
internal sealed record BatchEventType<T> : BatchEventType where T : class
{
    private readonly Func<EventRequest, T>? _compose;

    public BatchEventType(Func<T, BatchEventHead> read, Func<EventRequest, T>? compose = null) => (Read, _compose) = (read, compose);

    public Func<T, BatchEventHead> Read { get; }

    public override Type MessageType => typeof(T);

    public override bool CanBeRequested => _compose is not null;

    public override object? Compose(EventRequest request) => _compose?.Invoke(request);

    public override BatchEventHead? Find(ConsumeContext context) => context.TryGetMessage<T>(out var typed) ? Read(typed.Message) : null;

    public override BatchEventHead ReadMessage(object message) => Read((T)message);

    public override Task SettleAsync(ConsumeContext context) =>
        context.TryGetMessage<T>(out var typed) ? typed.NotifyConsumed(TimeSpan.Zero, Key) : Task.CompletedTask;
}

/// <summary>What every message that carries an event says of it.</summary>
/// <param name="BatchId">The batch's correlation id.</param>
/// <param name="Operator">Who raises it; null where a deploy system gave no name.</param>
/// <param name="Reason">Why, as given.</param>
/// <param name="ExpectedVersion">The version the sender has seen; null asks for no check.</param>
/// <param name="ContentHash">The content the sender has seen; null asks for no check.</param>
/// <param name="Attempt">The attempt of a stage that it speaks of; null means the present one.</param>
/// <param name="All">A stage that begins deploys everything, whatever runs there.</param>
/// <param name="OverrideFreeze">A stage that begins does so although a freeze holds.</param>
/// <param name="NotBefore">A stage that begins does so at this time; null for at once.</param>
/// <param name="ExpiresAt">A start that was scheduled is given up then; null for never.</param>
/// <param name="AcceptMoved">A cancel leaves production as it is, although it runs a part of the batch.</param>
internal readonly record struct BatchEventHead(
    Guid BatchId, string? Operator, string? Reason = null, int? ExpectedVersion = null, string? ContentHash = null, int? Attempt = null, bool All = false,
    bool OverrideFreeze = false, DateTimeOffset? NotBefore = null, DateTimeOffset? ExpiresAt = null, bool AcceptMoved = false);

/// <summary>What an event does to the stage it belongs to.</summary>
internal enum StageEffect
{
    None,
    Begins,
    Ends
}

/// <summary>Whether an event is good news, for notices.</summary>
internal enum EventTone
{
    Neutral,
    Good,
    Bad
}

/// <summary>Who may raise an event.</summary>
[Flags]
internal enum EventRaisers
{
    /// <summary>Somebody who decides.</summary>
    Person = 1,

    /// <summary>The engine itself.</summary>
    Engine = 2,

    /// <summary>A deploy system that reports back.</summary>
    DeploySystem = 4
}
