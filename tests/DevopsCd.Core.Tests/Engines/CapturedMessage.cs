namespace DevopsCd.Core.Tests.Engines;

/// <summary>A message on its way.</summary>
internal sealed record CapturedMessage(object Message, Guid? Id, DateTimeOffset Due);
