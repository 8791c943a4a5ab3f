using System.Collections.Concurrent;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>
/// Registries that did not answer lately. They are left alone for a moment, so that a dead one costs the intake one timeout and not one
/// a build.
/// </summary>
internal sealed class RegistryCircuitBreaker(TimeProvider clock)
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.OrdinalIgnoreCase);

    public void Rest(string host) => _until[host] = clock.GetUtcNow() + s_rest;

    public bool IsSilent(string host) => _until.TryGetValue(host, out var until) && until > clock.GetUtcNow();
}
