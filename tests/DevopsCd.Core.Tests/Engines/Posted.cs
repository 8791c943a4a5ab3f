namespace DevopsCd.Core.Tests.Engines;

/// <summary>A message on its way.</summary>
internal sealed record Posted(object Message, Guid? Id, DateTimeOffset Due);
