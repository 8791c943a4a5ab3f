namespace DevopsCd.Core.Releases;

/// <summary>What runs of an application in one place, as the last operation that was seen to succeed there has left it (R25).</summary>
internal sealed class LiveVersion
{
    public long Id { get; set; }

    public long ApplicationId { get; set; }

    public Application Application { get; set; } = null!;

    /// <summary>The stage that deploys there; what a rollback brings back runs there, too.</summary>
    public Stage Stage { get; set; }

    public string Cluster { get; set; } = "";

    /// <summary>The operation that has brought it.</summary>
    public string OperationId { get; set; } = "";

    /// <summary>The batch of that operation.</summary>
    public long BatchId { get; set; }

    /// <summary>The image; of a target that names none, the revision that a rollback has brought back.</summary>
    public string Image { get; set; } = "";

    /// <summary>The build; null where a rollback has brought back what no known build has made.</summary>
    public long? BuildId { get; set; }

    public Build? Build { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>The sealed target of the operation, as JSON: where to look. Null where no image says what should be there.</summary>
    public string? Target { get; set; }

    /// <summary>When the deploy service was last asked what runs there, whether or not it could tell.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>When it has last told; null while it never has.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    /// <summary>What was found instead at that time; null where it was as it should be.</summary>
    public string? Drift { get; set; }

    /// <summary>Since when something else has been found.</summary>
    public DateTimeOffset? DriftSince { get; set; }

    /// <summary>An operation has succeeded there: what was found before says nothing any more.</summary>
    public void Become(Deployment operation, long? buildId)
    {
        (OperationId, BatchId, Image, BuildId) = (operation.OperationId, operation.BatchId, operation.Image, buildId);
        Target = operation.Reverts is not null && operation.PreviousImage is null ? null : operation.Target;
        Since = operation.FinishedAt ?? operation.StartedAt;
        (AskedAt, SeenAt, Drift, DriftSince) = (null, null, null, null);
    }
}
