namespace DevopsCd.Core.Outbound;

/// <summary>An address that may not be called. The message names no more than the host.</summary>
internal sealed class OutboundRefusedException(string message) : Exception(message);
