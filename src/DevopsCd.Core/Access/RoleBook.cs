using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace DevopsCd.Core.Access;

/// <summary>The built-in roles and those of the configuration.</summary>
internal sealed partial class RoleBook
{
    private readonly FrozenDictionary<string, Role> _byName;

    public RoleBook(AccessOptions options)
    {
        All =
        [
            .. Roles.BuiltIn,
            .. options.Roles.OrderBy(role => role.Key, StringComparer.Ordinal)
                .Select(role => new Role(role.Key, [.. Permissions.All.Intersect(role.Value)], BuiltIn: false))
        ];
        _byName = All.ToFrozenDictionary(role => role.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<Role> All { get; }

    public Role? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>What a role allows; nothing for a role that is not known any more.</summary>
    public ulong Bits(string name) => Find(name)?.Bits ?? 0;

    public static IReadOnlyCollection<string> Names(AccessOptions options) => [.. Roles.BuiltIn.Select(role => role.Name), .. options.Roles.Keys];

    /// <summary>What is wrong with the name of a role of the configuration; null when nothing is.</summary>
    public static string? WrongName(string name) =>
        Roles.BuiltIn.Any(role => role.Name == name) ? "is a built-in role, which the configuration cannot change; give yours another name"
        : Form().IsMatch(name) ? null
        : "must be named by 1 to 64 lower-case letters, digits or hyphens";

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,63}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
