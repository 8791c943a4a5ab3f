using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Policies;

/// <summary>What the configuration allows gates of policies.</summary>
/// <param name="Outbound">What they may call.</param>
/// <param name="Secrets">The names of the secrets that they may use.</param>
internal sealed record GateBounds(OutboundRules Outbound, IReadOnlyCollection<string> Secrets);
