namespace DevopsCd.Core.Access;

/// <summary>A role that comes with how somebody was authenticated.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="Project">The project, or <see cref="Projects.All" />.</param>
/// <param name="Why">Where it comes from, for explanations: for example a configuration key.</param>
internal sealed record Grant(string Role, string Project, string Why);
