namespace DevopsCd.DeployService.Tests.Support;

/// <summary>A span as a dashboard shows it.</summary>
/// <param name="Service">The process's kind.</param>
/// <param name="Trace">Its trace.</param>
/// <param name="Name">What was done.</param>
/// <param name="Operation">The operation it was done for, or null.</param>
internal sealed record TakenSpan(string Service, string Trace, string Name, string? Operation);
