namespace DevopsCd.Core.Access;

/// <summary>
/// All bindings at one time, arranged so that a question costs one look-up for the subject and one for each of its groups. Bindings only allow:
/// what somebody may do is the sum of their roles.
/// </summary>
internal sealed class BindingTable
{
    private readonly RoleBook _roles;
    private readonly IReadOnlyList<BoundRole> _bindings;
    private readonly Dictionary<string, Held> _bySubject;
    // By the group's own name: no text has to be put together for each group of each request.
    private readonly Dictionary<string, Held> _byGroup;

    public BindingTable(RoleBook roles, IReadOnlyList<BoundRole> bindings, long version)
    {
        (_roles, _bindings, Version) = (roles, bindings, version);
        var held = bindings.GroupBy(b => b.Subject, StringComparer.Ordinal).Select(of => (Subject: of.Key, Held: Held.Of(roles, of))).ToList();
        _bySubject = held.ToDictionary(h => h.Subject, h => h.Held, StringComparer.Ordinal);
        _byGroup = held.Where(h => h.Subject.StartsWith(s_group, StringComparison.Ordinal)).ToDictionary(h => h.Subject[s_group.Length..], h => h.Held,
            StringComparer.Ordinal);
    }

    private static readonly string s_group = Subject.Of(SubjectKind.Group, "");

    /// <summary>Grows with every change of the bindings.</summary>
    public long Version { get; }

    /// <summary>Who may do everything without a binding, by kind and name: named among others, and allowed by nothing here.</summary>
    public IReadOnlyList<string> Administrators { get; init; } = [];

    /// <summary>Whether a subject has a permission in a project; for <see cref="Projects.All" />, in every project.</summary>
    public bool Allows(Subject subject, string permission, string project) => (In(subject, project) & Permissions.Bit(permission)) != 0;

    /// <summary>What a subject may do in a project, as a set of bits.</summary>
    public ulong In(Subject subject, string project)
    {
        if (subject.IsEngine)
            return ulong.MaxValue;
        if (!subject.IsLetIn || subject.Scope?.Reaches(project) == false)
            return 0;
        var bits = 0UL;
        foreach (var grant in subject.Grants)
            if (grant.Project == Projects.All || grant.Project == project)
                bits |= _roles.Bits(grant.Role);
        foreach (var held in HeldBy(subject))
            bits |= held.In(project);
        return bits & (subject.Scope?.Bits ?? ulong.MaxValue);
    }

    /// <summary>Where a subject has a permission.</summary>
    public Visible Where(Subject subject, string permission)
    {
        if (Allows(subject, permission, Projects.All))
            return Visible.Everything;
        var bit = Permissions.Bit(permission);
        if (!subject.IsLetIn || ((subject.Scope?.Bits ?? ulong.MaxValue) & bit) == 0)
            return new Visible(false, []);
        // A right everywhere that a token has in some projects only is a right in those.
        IEnumerable<string> projects = subject.Scope?.Projects ?? HeldBy(subject).SelectMany(held => held.ProjectsWith(bit))
            .Concat(subject.Grants.Where(grant => (_roles.Bits(grant.Role) & bit) != 0).Select(grant => grant.Project)).ToHashSet(StringComparer.Ordinal);
        return new Visible(false, [.. projects.Where(project => project != Projects.All && (subject.Scope is null || Allows(subject, permission, project)))
            .Order(StringComparer.Ordinal)]);
    }

    /// <summary>By which bindings a subject has a permission in a project; empty when it has not.</summary>
    public IReadOnlyList<BoundRole> Why(Subject subject, string permission, string project)
    {
        if (!Allows(subject, permission, project))
            return [];
        var (bit, ids) = (Permissions.Bit(permission), Ids(subject));
        return
        [
            .. subject.Grants.Select(grant => new BoundRole(subject.Id, grant.Role, grant.Project, grant.Why))
                .Concat(_bindings.Where(binding => ids.Contains(binding.Subject)))
                .Where(binding => (binding.Project == Projects.All || binding.Project == project) && (_roles.Bits(binding.Role) & bit) != 0)
        ];
    }

    /// <summary>Everybody who has a permission in a project by a binding or as an administrator, by kind and name.</summary>
    public IReadOnlyList<string> Who(string permission, string project)
    {
        var bit = Permissions.Bit(permission);
        return [.. _bySubject.Where(entry => (entry.Value.In(project) & bit) != 0).Select(entry => entry.Key).Union(Administrators, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }

    private IEnumerable<Held> HeldBy(Subject subject)
    {
        if (_bySubject.TryGetValue(subject.Id, out var own))
            yield return own;
        if (subject.Person is not null && _bySubject.TryGetValue(subject.DecidedBy, out var persons))
            yield return persons;
        foreach (var group in subject.Groups)
            if (_byGroup.TryGetValue(group, out var groups))
                yield return groups;
    }

    private static HashSet<string> Ids(Subject subject) =>
        [subject.Id, subject.DecidedBy, .. subject.Groups.Select(group => Subject.Of(SubjectKind.Group, group))];

    /// <summary>What one subject is bound to.</summary>
    private sealed class Held(ulong everywhere, Dictionary<string, ulong> inProject)
    {
        public IEnumerable<string> ProjectsWith(ulong bit) => inProject.Where(entry => (entry.Value & bit) != 0).Select(entry => entry.Key);

        public ulong In(string project) => everywhere | inProject.GetValueOrDefault(project);

        public static Held Of(RoleBook roles, IEnumerable<BoundRole> bindings)
        {
            var everywhere = 0UL;
            var inProject = new Dictionary<string, ulong>(StringComparer.Ordinal);
            foreach (var binding in bindings)
                if (binding.Project == Access.Projects.All)
                    everywhere |= roles.Bits(binding.Role);
                else
                    inProject[binding.Project] = inProject.GetValueOrDefault(binding.Project) | roles.Bits(binding.Role);
            return new Held(everywhere, inProject);
        }
    }
}
