namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>What matching needs of an application.</summary>
internal sealed record KnownApplication(string Name, string? Repository);
