namespace DevopsCd.DeployService.Drivers;

/// <summary>One line of <c>helm history</c>.</summary>
internal sealed record HelmRevision(int Revision, string Status, string Description, string Chart, DateTimeOffset? Updated)
{
    public bool Pending => Status.StartsWith("pending-", StringComparison.Ordinal);
}
