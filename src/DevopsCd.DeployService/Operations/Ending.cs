namespace DevopsCd.DeployService.Operations;

/// <summary>How an operation ends.</summary>
internal sealed record Ending(string Phase, string Reason, string Message);
