namespace DevopsCd.Core.Policies;

/// <summary>What the configuration allows every policy, and what a policy that says nothing gets.</summary>
/// <param name="ConcurrentApps">Most operations of one batch in flight at once.</param>
/// <param name="SingleAppTimeout">Longest time of one application.</param>
/// <param name="BatchTimeout">Longest time of a stage.</param>
/// <param name="Channels">The names of the configured channels.</param>
/// <param name="Gates">What gates may call, and with which secrets.</param>
/// <param name="NobodyLogsIn">People are who they say they are, so that an author is not told from others unless a policy asks for it.</param>
internal sealed record PolicyBounds(
    int ConcurrentApps, TimeSpan SingleAppTimeout, TimeSpan BatchTimeout, IReadOnlyList<string> Channels, GateBounds Gates, bool NobodyLogsIn);
