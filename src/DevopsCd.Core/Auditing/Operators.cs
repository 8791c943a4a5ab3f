namespace DevopsCd.Core.Auditing;

/// <summary>Names in the audit that are no person's.</summary>
internal static class Operators
{
    /// <summary>The engine itself.</summary>
    public const string Engine = "engine";

    /// <summary>A deploy system that gave no name.</summary>
    public const string DeploySystem = "deploy-system";

    public static bool IsPerson(string? name) => !string.IsNullOrWhiteSpace(name) && name is not (Engine or DeploySystem);
}
