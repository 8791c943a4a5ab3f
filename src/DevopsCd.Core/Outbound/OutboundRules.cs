using DevopsCd.Core.Configuration;
using DevopsCd.Shared;

namespace DevopsCd.Core.Outbound;

/// <summary>What an operator lets the engine call.</summary>
/// <param name="Section">The section of the configuration that says so, for refusals.</param>
/// <param name="AllowHttp">Whether unencrypted addresses may be called.</param>
/// <param name="AllowedHosts">Hosts that may be called; empty: every public one. A listed one may have a private address.</param>
/// <param name="Timeout">How long an answer may take.</param>
internal sealed record OutboundRules(string Section, bool AllowHttp, IReadOnlyList<string> AllowedHosts, Duration Timeout);
