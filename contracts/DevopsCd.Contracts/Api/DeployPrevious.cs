namespace DevopsCd.Contracts.Api;

/// <summary>What ran at the target just before an operation changed it, as the deploy service has recorded it. A rollback restores exactly that.</summary>
public sealed record DeployPrevious
{
    /// <summary>The image; absent where the target does not name one.</summary>
    public string? Image { get; init; }

    /// <summary>The revision as the target counts or names it, for example the number of a Deployment's rollout or of a Helm release; absent where it has none. Without image and revision nothing ran.</summary>
    public string? Revision { get; init; }

    /// <summary>Whether the target already had what the operation deploys.</summary>
    public required bool Unchanged { get; init; }
}
