namespace DevopsCd.Core.Access;

/// <summary>Applications that are released under the same policy, by the same people.</summary>
internal sealed class Project
{
    public string Name { get; set; } = "";

    /// <summary>The policy as JSON, as <see cref="Contracts.Api.ProjectPolicyBody" /> has it.</summary>
    public string Policy { get; set; } = "{}";

    public DateTimeOffset CreatedAt { get; set; }

    public string UpdatedBy { get; set; } = "";

    public DateTimeOffset UpdatedAt { get; set; }
}
