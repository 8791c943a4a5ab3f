using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Gates;

/// <summary>A call for a gate that this process has claimed.</summary>
/// <param name="Run">The gate as it was when the call was claimed.</param>
/// <param name="Gate">What it asks.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Content">What it would deploy, by application.</param>
internal sealed record GateCall(GateRun Run, Gate Gate, Batch Batch, IReadOnlyList<ReleaseContent> Content);
