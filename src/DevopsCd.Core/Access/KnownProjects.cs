using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Access;

/// <summary>Projects that something is about to belong to.</summary>
internal static class KnownProjects
{
    /// <summary>Makes sure that a project is there, and stays until the present transaction ends.</summary>
    /// <exception cref="BatchRefusedException">There is no such project.</exception>
    public static async Task RequireProjectAsync(this CdDbContext db, string name, CancellationToken cancellationToken)
    {
        await db.LockProjectAsync(name, cancellationToken);
        if (name != Projects.Default && !await db.Set<Project>().AnyAsync(p => p.Name == name, cancellationToken))
            throw BatchRefusedException.Content("project", $"there is no project '{name}'; PUT /api/v1/projects/{name} first");
    }

    /// <summary>A project that is there or is to come, until the present transaction ends.</summary>
    public static Task LockProjectAsync(this CdDbContext db, string name, CancellationToken cancellationToken) =>
        db.LockNameAsync($"project {name}", cancellationToken);
}
