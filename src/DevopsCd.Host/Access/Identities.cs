using System.Security.Claims;
using DevopsCd.Core.Access;

namespace DevopsCd.Host.Access;

/// <summary>A <see cref="Subject" /> as the framework carries it: claims of a principal. Written at login, read at each request.</summary>
internal static class Identities
{
    private const string Id = "sub", Group = "group", Grant = "grant", Person = "person", Permission = "permission", Project = "project", Bounded = "bounded";

    /// <param name="subject">Who it is.</param>
    /// <param name="scheme">How that was found out.</param>
    public static ClaimsPrincipal Of(Subject subject, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, Id, Group);
        identity.AddClaim(new Claim(Id, subject.Id));
        identity.AddClaims(subject.Groups.Select(group => new Claim(Group, group)));
        identity.AddClaims(subject.Grants.Select(grant => new Claim(Grant, $"{grant.Role}\n{grant.Project}\n{grant.Why}")));
        if (subject.Person is { } person)
            identity.AddClaim(new Claim(Person, person));
        if (subject.Scope is { Permissions: { } permissions })
            identity.AddClaims(permissions.Select(permission => new Claim(Permission, permission)).Prepend(new Claim(Bounded, Permission)));
        if (subject.Scope is { Projects: { } projects })
            identity.AddClaims(projects.Select(project => new Claim(Project, project)).Prepend(new Claim(Bounded, Project)));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>Null for a principal that is nobody.</summary>
    public static Subject? Subject(ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true } || !Core.Access.Subject.TryParse(principal.FindFirst(Id)?.Value, out var kind, out var name))
            return null;
        return new Subject(kind, name)
        {
            Groups = [.. Values(principal, Group)],
            Grants = [.. Values(principal, Grant).Select(text => text.Split('\n', 3)).Select(parts => new Grant(parts[0], parts[1], parts[2]))],
            Person = principal.FindFirst(Person)?.Value,
            Scope = principal.HasClaim(claim => claim.Type == Bounded) ? new TokenScope(Set(principal, Permission), Set(principal, Project)) : null
        };
    }

    private static HashSet<string>? Set(ClaimsPrincipal principal, string type) =>
        principal.HasClaim(Bounded, type) ? Values(principal, type).ToHashSet(StringComparer.Ordinal) : null;

    private static IEnumerable<string> Values(ClaimsPrincipal principal, string type) => principal.FindAll(type).Select(claim => claim.Value);
}
