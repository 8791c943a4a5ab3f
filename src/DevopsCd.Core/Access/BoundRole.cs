namespace DevopsCd.Core.Access;

/// <summary>One binding as it counts, wherever it is written.</summary>
/// <param name="Subject">Kind and name.</param>
/// <param name="Role">The role's name.</param>
/// <param name="Project">The project, or <see cref="Projects.All" />.</param>
/// <param name="Source">See <see cref="BindingSource" />; for what came with the authentication, where it comes from.</param>
internal sealed record BoundRole(string Subject, string Role, string Project, string Source);
