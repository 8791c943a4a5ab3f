namespace DevopsCd.Core.Deployments;

/// <summary>Who sent a report, for the audit.</summary>
/// <param name="By">The name.</param>
/// <param name="Source">Through what, as <see cref="Auditing.EventSource" /> names it.</param>
/// <param name="Address">The address it came from, where that is known.</param>
internal sealed record ReportSender(string By, string Source, string? Address = null);
