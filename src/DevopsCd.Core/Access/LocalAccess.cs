namespace DevopsCd.Core.Access;

/// <summary>Where nobody logs in, whoever reaches the program may do everything.</summary>
internal static class LocalAccess
{
    /// <summary>What everybody may do there without a binding.</summary>
    public static IReadOnlyList<Grant> Everything { get; } = [new(Roles.Admin, Projects.All, "core:auth:mode is local")];
}
