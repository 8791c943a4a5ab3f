using System.Collections.Frozen;
using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Messages;

/// <summary>Every message that crosses a process boundary. A new message is one file in Contracts and one line here.</summary>
internal static class ContractCatalogue
{
    public static IReadOnlyList<ContractType> All { get; } =
    [
        Order<CreateBatch>(),
        Order<ApproveBatch>(),
        Order<RejectBatch>(),
        Order<CancelBatch>(),
        Order<ConfirmBatchTag>(),
        Order<StartPreDeploy>(),
        Order<StartProdDeploy>(),
        Order<AcceptBatch>(),
        new(typeof(DeployApplication), MessageFlow.Command),
        Told<BuildCompleted>(),
        Told<DeploymentReported>(),
        Told<PreDeployCompleted>(),
        Told<PreDeployFailed>(),
        Told<ProdDeployCompleted>(),
        Told<ProdDeployFailed>(),
        Tell<BatchCreated>(),
        Tell<BatchTransitioned>(),
        Tell<BatchEventRejected>(),
        Tell<ReleaseBuildRefreshed>(),
        Tell<DeploymentStarted>(),
        Tell<DeploymentFinished>(),
        Tell<ProductionReady>(),
        Tell<CommandRejected>(),
        Inner<AdvanceStage>(),
        Inner<CheckDeployment>(),
        Inner<DeployStopped>(),
        Inner<ScanBatches>(),
    ];

    /// <summary>What others send or read; the documents are made of these.</summary>
    public static IReadOnlyList<ContractType> Public { get; } = [.. All.Where(c => c.Flow != MessageFlow.Inner)];

    private static readonly FrozenDictionary<string, ContractType> s_byExchange = All.ToFrozenDictionary(c => c.Exchange);

    private static readonly FrozenDictionary<string, ContractType> s_byUrn = All.ToFrozenDictionary(c => c.Urn);

    public static ContractType? ByExchange(string? exchange) => exchange is null ? null : s_byExchange.GetValueOrDefault(exchange);

    /// <param name="name">The URN, the exchange's name or the bare name.</param>
    public static ContractType? ByName(string name) =>
        s_byUrn.GetValueOrDefault(name) ?? s_byExchange.GetValueOrDefault(name) ?? All.FirstOrDefault(c => c.Name == name);

    private static ContractType Order<T>() => new(typeof(T), MessageFlow.Command, NeedsPerson: true);

    private static ContractType Told<T>() => new(typeof(T), MessageFlow.FactIn);

    private static ContractType Inner<T>() => new(typeof(T), MessageFlow.Inner);

    private static ContractType Tell<T>() => new(typeof(T), MessageFlow.FactOut);
}
