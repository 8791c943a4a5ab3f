namespace DevopsCd.Core.Releases;

/// <summary>The message's event stands in the audit already: a repeated delivery, however late (R13).</summary>
internal sealed class AlreadyHandledException : Exception;
