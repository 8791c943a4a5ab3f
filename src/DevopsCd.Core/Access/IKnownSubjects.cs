namespace DevopsCd.Core.Access;

/// <summary>What logging in knows of somebody who has asked for something a while ago.</summary>
internal interface IKnownSubjects
{
    /// <summary>The subject with the groups, the bound and the roles that its login would bring now.</summary>
    /// <param name="asked">As it was when it asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>With <see cref="Subject.IsLetIn" /> false when it would not be let in any more.</returns>
    Task<Subject> NowAsync(Subject asked, CancellationToken cancellationToken);
}
