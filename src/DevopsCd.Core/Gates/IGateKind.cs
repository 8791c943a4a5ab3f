using DevopsCd.Core.Outbound;
using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Gates;

/// <summary>How gates of one kind are called. A further kind is its class and one line of registration.</summary>
internal interface IGateKind
{
    GateKind Kind { get; }

    /// <summary>The request for a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="secret">What it is signed or authorized with; null for nothing.</param>
    HttpRequestMessage Request(GateCall call, string? secret);

    /// <summary>What an answer means.</summary>
    GateAnswer Read(GateCall call, HttpAnswer answer);
}
