using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>A gate as somebody sees it.</summary>
/// <param name="View">The gate.</param>
public sealed record ShownGate(GateView View)
{
    /// <summary>They may say whether it passes.</summary>
    public bool MayDecide { get; init; }

    /// <summary>They may let pass what it holds.</summary>
    public bool MayOverride { get; init; }

    /// <summary>They may have it asked once more.</summary>
    public bool MayRetry { get; init; }

    public bool IsActionable => MayDecide || MayOverride || MayRetry;
}
