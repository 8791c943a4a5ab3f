using System.Collections.Frozen;
using DevopsCd.Contracts;

namespace DevopsCd.Core.MessageContracts;

/// <summary>Every message that crosses a process boundary. A message that carries a batch event is here by its descriptor; any other needs a line.</summary>
internal static class ContractCatalogue
{
    public static IReadOnlyList<ContractType> All { get; } =
    [
        .. BatchEventTypes.All.Where(e => e.ByPerson).Select(Carrier),
        new(typeof(DeployApplication), MessageFlow.Command),
        Told<BuildCompleted>(),
        Told<DeploymentReported>(),
        Told<GateAnswered>(),
        .. BatchEventTypes.All.Where(e => !e.ByPerson).Select(Carrier),
        Tell<BatchCreated>(),
        Tell<BatchTransitioned>(),
        Tell<ApprovalGiven>(),
        Tell<BatchEventRejected>(),
        Tell<ReleaseBuildRefreshed>(),
        Tell<DeploymentStarted>(),
        Tell<DeploymentFinished>(),
        Tell<ProductionReady>(),
        Tell<GateDecided>(),
        Tell<CommandRejected>(),
        Inner<AdvanceStage>(),
        Inner<AskGate>(),
        Inner<CheckDeployment>(),
        Inner<ScanBatches>(),
        Inner<StartScheduled>(),
    ];

    /// <summary>What others send or read; the documents are made of these.</summary>
    public static IReadOnlyList<ContractType> Public { get; } = [.. All.Where(c => c.Flow != MessageFlow.Inner)];

    private static readonly FrozenDictionary<string, ContractType> s_byExchange = All.ToFrozenDictionary(c => c.Exchange);

    private static readonly FrozenDictionary<string, ContractType> s_byUrn = All.ToFrozenDictionary(c => c.Urn);

    public static ContractType? ByExchange(string? exchange) => exchange is null ? null : s_byExchange.GetValueOrDefault(exchange);

    /// <param name="name">The URN, the exchange's name or the bare name.</param>
    public static ContractType? ByName(string name) =>
        s_byUrn.GetValueOrDefault(name) ?? s_byExchange.GetValueOrDefault(name) ?? All.FirstOrDefault(c => c.Name == name);

    /// <summary>The message of a batch event: people order, systems report, and what the engine says to itself is nobody else's.</summary>
    private static ContractType Carrier(BatchEventType type) => type switch
    {
        { Internal: true } => new(type.MessageType, MessageFlow.Inner),
        { ByPerson: true } => new(type.MessageType, MessageFlow.Command, NeedsPerson: true),
        _ => new(type.MessageType, MessageFlow.FactIn)
    };

    private static ContractType Told<T>() => new(typeof(T), MessageFlow.FactIn);

    private static ContractType Inner<T>() => new(typeof(T), MessageFlow.Inner);

    private static ContractType Tell<T>() => new(typeof(T), MessageFlow.FactOut);
}
