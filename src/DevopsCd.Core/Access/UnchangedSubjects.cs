namespace DevopsCd.Core.Access;

/// <summary>Where nothing is known of logins, everybody is who they were.</summary>
internal sealed class UnchangedSubjects : IKnownSubjects
{
    public Task<Subject> NowAsync(Subject asked, CancellationToken cancellationToken) => Task.FromResult(asked);
}
