using DevopsCd.Core.Data;

namespace DevopsCd.Core.Auditing;

/// <summary>A batch that is made of applications which leave another one in the same transaction (R24).</summary>
/// <param name="BatchId">The batch that they leave.</param>
/// <param name="Applications">Their names.</param>
/// <param name="WithDependents">What depends on them in that batch goes with them.</param>
/// <param name="Seen">As what that batch was seen.</param>
internal sealed record SplitOrigin(long BatchId, IReadOnlyList<string> Applications, bool WithDependents, Precondition Seen);
