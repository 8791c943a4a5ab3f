namespace DevopsCd.Core.Notifications;

/// <summary>An address that may not be called. The message names no more than the host.</summary>
internal sealed class OutboundRefused(string message) : Exception(message);
