using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>What messages carry which event: read without knowing the message's type beforehand.</summary>
internal static class BatchEventKeys
{
    private static readonly IReadOnlyList<Func<ConsumeContext, BatchEventHead?>> s_readers =
    [
        Reader<CreateBatch>("create"),
        Reader<ApproveBatch>("approve"),
        Reader<RejectBatch>("reject"),
        Reader<CancelBatch>("cancel"),
        Reader<ConfirmBatchTag>("confirm_tag"),
        Reader<StartPreDeploy>("start_pre_deploy"),
        Reader<PreDeployCompleted>("pre_deploy_completed"),
        Reader<PreDeployFailed>("pre_deploy_failed"),
        Reader<StartProdDeploy>("start_prod_deploy"),
        Reader<ProdDeployCompleted>("prod_deploy_completed"),
        Reader<ProdDeployFailed>("prod_deploy_failed"),
        Reader<AcceptBatch>("final_accept"),
        Reader<DeployStopped>("deploy_stopped"),
        Reader<DeploymentReported>("deployment_reported"),
    ];

    /// <summary>The event that a message carries, or null for a message that is none.</summary>
    public static BatchEventHead? Read(ConsumeContext context) => s_readers.Select(read => read(context)).FirstOrDefault(head => head is not null);

    private static Func<ConsumeContext, BatchEventHead?> Reader<T>(string key) where T : class => context =>
        context.TryGetMessage<T>(out var typed)
            ? new BatchEventHead(key, EventFields<T>.BatchId(typed.Message), EventFields<T>.Operator(typed.Message))
            : null;
}
