namespace DevopsCd.Core.Deployments;

/// <summary>What carries out operations. Implementations never throw for what the other side does: they say it.</summary>
internal interface IDeployService
{
    /// <summary>
    /// Asks to start an operation; asking again for the same id finds the first. One that <see cref="Deployment.Restores" /> asks for what ran
    /// before the operation that it reverts.
    /// </summary>
    Task<DeployAnswer> SubmitAsync(Deployment operation, CancellationToken cancellationToken);

    /// <summary>Asks how an operation stands.</summary>
    Task<DeployAnswer> LookAsync(Deployment operation, CancellationToken cancellationToken);

    /// <summary>Asks what there is against operations, without doing them.</summary>
    Task<PreflightAnswer> PreflightAsync(IReadOnlyList<Deployment> operations, CancellationToken cancellationToken) =>
        Task.FromResult(PreflightAnswer.NotAsked(operations.Count, "this deploy service looks at nothing beforehand"));

    /// <summary>Asks what runs where operations have deployed to, without changing anything.</summary>
    /// <returns>In their order; null where it cannot tell.</returns>
    Task<IReadOnlyList<FoundVersion?>> InspectAsync(IReadOnlyList<Deployment> operations, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<FoundVersion?>>([.. Enumerable.Repeat<FoundVersion?>(null, operations.Count)]);

    /// <summary>Asks to stop an operation that has not ended.</summary>
    Task<DeployAnswer> StopAsync(Deployment operation, CancellationToken cancellationToken);
}
