namespace DevopsCd.Core.Data;

/// <summary>The program must not start on this database; the message says why and what a person can do.</summary>
internal sealed class StartRefusedException(string message, Exception? cause = null) : Exception(message, cause);
