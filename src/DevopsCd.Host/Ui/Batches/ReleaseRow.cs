using DevopsCd.Contracts.Api;
using DevopsCd.Host.Ui.Controls;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>How an application of a batch stands.</summary>
internal static class ReleaseRow
{
    /// <summary>What failed, in the stage that the batch has come to.</summary>
    public static bool Failed(ReleaseView release) => Outcome(release) is "failed" or "timed_out";

    /// <summary>How it stands in the stage that the batch has come to.</summary>
    public static string Outcome(ReleaseView release) => release switch
    {
        { RollbackStatus: not "none" } => release.RollbackStatus,
        { ProdStatus: not "none" } => release.ProdStatus,
        _ => release.PreStatus
    };

    /// <summary>The address of the batch's page with this row unfolded.</summary>
    public static string Address(long batch, string application) => QueryText.Address($"/batches/{batch}", ("app", application));

    /// <summary>The operations of the last attempt that failed, of an application that did.</summary>
    public static IReadOnlyList<DeploymentView> Failures(ReleaseView release)
    {
        if (!Failed(release) || release.Deployments.Count == 0)
            return [];
        var last = release.Deployments[0];
        return [.. release.Deployments.Where(o => o.Stage == last.Stage && o.Attempt == last.Attempt && o.Status is "failed" or "timed_out")];
    }
}
