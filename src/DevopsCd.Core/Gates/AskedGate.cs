using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Gates;

/// <summary>A gate that was asked, as far as whoever checks rights has to know it.</summary>
/// <param name="BatchId">Its batch.</param>
/// <param name="Kind">How it is decided.</param>
/// <param name="Point">Where it stands.</param>
internal sealed record AskedGate(long BatchId, GateKind Kind, GatePoint Point);
