using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Access;

/// <summary>Section <c>core:auth</c>, the part about rights.</summary>
internal sealed class AccessOptions
{
    public const string Section = "core:auth";

    /// <summary>How people are known.</summary>
    public string Mode { get; init; } = "local";

    /// <summary>Roles beside the built-in ones: the permissions by the role's name.</summary>
    public Dictionary<string, string[]> Roles { get; init; } = [];

    /// <summary>Who has which role where. Shown by the API, and changed here only.</summary>
    public List<BindingOptions> Bindings { get; init; } = [];

    /// <summary>Nobody logs in: people are who they say they are.</summary>
    public bool NobodyLogsIn => Mode.Trim() is "local" or "";

    /// <summary>Every wrong key with what is allowed.</summary>
    public IEnumerable<(string Key, string Allowed)> Problems()
    {
        foreach (var (name, permissions) in Roles)
        {
            if (RoleBook.WrongName(name) is { } wrong)
                yield return ($"{Section}:roles:{name}", wrong);
            foreach (var unknown in permissions.Where(p => !Permissions.IsKnown(p)))
                yield return ($"{Section}:roles:{name}", $"has '{unknown}', which is not a permission; known: {string.Join(", ", Permissions.All)}");
        }
        for (var i = 0; i < Bindings.Count; i++)
            foreach (var (key, allowed) in BindingRules.Problems(Bindings[i].Subject, Bindings[i].Role, Bindings[i].Project, RoleBook.Names(this)))
                yield return ($"{Section}:bindings:{i}:{key}", allowed);
    }
}
