namespace DevopsCd.DeployService;

/// <summary>Every line this service logs.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Operation {OperationId}: {Phase} ({Reason}) {Text}")]
    public static partial void Moved(this ILogger log, string operationId, string phase, string? reason, string? text);

    [LoggerMessage(Level = LogLevel.Information, Message = "Operation {OperationId} accepted: {Image} to {Target} by {Strategy}, asked by {Caller}")]
    public static partial void Accepted(this ILogger log, string operationId, string image, string target, string strategy, string caller);

    [LoggerMessage(Level = LogLevel.Information, Message = "Operation {OperationId}: {Caller} asked for {Verb}")]
    public static partial void Asked(this ILogger log, string operationId, string verb, string caller);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operation {OperationId} cannot continue for now: {Why}")]
    public static partial void Hindered(this ILogger log, string operationId, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Operation {OperationId}: a step failed unexpectedly")]
    public static partial void Broke(this ILogger log, Exception error, string operationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operation {OperationId}: the callback failed; next try in {Wait}: {Why}")]
    public static partial void CallbackFailed(this ILogger log, string operationId, TimeSpan wait, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operation {OperationId}: the host refused the callback with {Status}")]
    public static partial void CallbackRefused(this ILogger log, string operationId, int status);

    [LoggerMessage(Level = LogLevel.Error, Message = "Operation {OperationId}: the callback was given up")]
    public static partial void CallbackGivenUp(this ILogger log, string operationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Operation {OperationId} was removed from the records: the history of its workload is full")]
    public static partial void Forgotten(this ILogger log, string operationId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The record {Name} cannot be read and is left alone: {Why}")]
    public static partial void BrokenRecord(this ILogger log, string name, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operation {OperationId}: its record {Name} has format {Found}; this replica knows formats up to {Known} and leaves it alone")]
    public static partial void NewerRecord(this ILogger log, string operationId, string name, int found, int known);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operation {OperationId}: its record {Name} was damaged from outside and is written again")]
    public static partial void RecordMended(this ILogger log, string operationId, string name);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Operation {OperationId}: its record {Name} was deleted while the operation still needed it and is written again")]
    public static partial void RecordReplaced(this ILogger log, string operationId, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "The watch of {Resource} in {Namespace} has expired; listing again")]
    public static partial void WatchExpired(this ILogger log, string resource, string? @namespace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watch of {Resource} in {Namespace} broke: {Why}")]
    public static partial void WatchBroken(this ILogger log, string resource, string? @namespace, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The records cannot be read yet: {Why}")]
    public static partial void RecordsUnavailable(this ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger log, Exception error, string method, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} has failed; not all of the cause can be seen: {Why}")]
    public static partial void Unseen(this ILogger log, string what, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "helm {Arguments} exited with {ExitCode}")]
    public static partial void HelmEnded(this ILogger log, string arguments, int exitCode);
}
