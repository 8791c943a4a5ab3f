using DevopsCd.Contracts;

namespace DevopsCd.DeployService.Callbacks;

/// <summary>Tells the host that an operation has ended.</summary>
internal interface ICallback
{
    /// <summary>One of <see cref="CallbackKinds"/>.</summary>
    string Kind { get; }

    /// <summary>Whether the host has it, or has definitely refused it; throws when another try is worth it.</summary>
    Task SendAsync(DeploymentReported report, DateTimeOffset endedAt, CancellationToken cancellationToken);
}
